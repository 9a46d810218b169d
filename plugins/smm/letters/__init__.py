"""The letters: what a client's month came to, written once and handed to each reader once.

content    what a letter says, frozen: every number with its client
compose    the content, as the warehouse has it: reading its targets, corrections what has changed since it was told,
           best the month's publications
words      a language: its phrases, numbers, money, dates
phrases    the content in words: openings and first_sentences how it begins, lines a target, causes why it was missed,
           outlooks how a running month will end, corrected what a correction says, done what was done in the month
reader     the reader of one copy: how it greets him, who signs it, what he has read before
render     the words as HTML and as text, with charts, a workbook and a PDF
frame      what every letter wears: the agency's name, colour and logo
charts     the months of a target as a picture
sheet      the month's targets as a workbook; about: its second sheet, about the numbers
pdf        the letter about a month as a PDF, which typeset makes of include/letters/letter.typ
guard      what must hold of a letter before it goes
message    the mail
preview    a letter as files, to be looked at
looks      how a letter's posts look: their network is asked, pictures makes what it shows small
outbox     which letters are due, and their rows in marts.letter and marts.delivery
renewal    a letter that waited long: whether it still holds, and the one in its place if it does not
approval   the manager's: a letter waits as a draft (draft: her copy of it) until she releases or holds it
trouble    the operators' digest of what needs a person
page_link  the link to the reader's own page, in his mail alone
delivery   from the outbox to the mail server, one transaction per reader
rehearsal  a letter to one address, noted nowhere
post       the mail server that Airflow's connection `mail` names
"""

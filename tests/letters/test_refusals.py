"""Whose a 5xx is: what mail services really say, and whether the reader is refused for good."""

import pytest

from smm.letters.refusals import Stage, is_final

FINAL = [
    "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's"
    " email address for typos or unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser - gsmtp",
    "550 5.1.1 <sender@yarko.example>: Recipient address rejected: User unknown in relay recipient table",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "556 5.1.10 Recipient address has null MX",
    "556 Domain does not accept mail",
    "550 5.1.2 Host unknown",
    "550 5.2.1 The email account that you tried to reach is disabled.",
    "550 5.4.1 Recipient address rejected: Access denied.",
    "550 5.7.1 No such user!",
    "550 5.7.17 Mailbox owner has changed",
    "550 Message was not accepted -- invalid mailbox. Local mailbox owner@yarko.example is unavailable: user not found",
    "550 No Such User Here",
    "550 unknown user",
    "550 User <owner@yarko.example> does not exist",
    "550 mailbox owner@yarko.example unknown",
    "550 Sorry: user\nunknown",
    "550 Unrouteable address",
    "551 User not local",
    "554 delivery error: dd This user doesn't have a yahoo.com account",
]
OURS = [
    "550 5.4.5 Daily user sending quota exceeded.",
    "550 5.4.5 Daily user sending limit exceeded",
    "554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded.",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "550 5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy.",
    "550 5.7.1 This message was not accepted due to domain owner DMARC policy (RFC 7489)",
    "554 5.7.1 <owner@yarko.example>: Relay access denied",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "550 5.7.1 Relaying denied",
    "530 5.7.0 Authentication required",
    "530 5.5.1 Authentication Required",
    "553 5.7.1 Sender address rejected: not owned by auth user.",
    "550 5.1.1 <reports@agency.example>: Sender address rejected: User unknown in virtual mailbox table",
    "550 5.1.8 Bad sender's system address",
    "550 5.1.7 Invalid address",
    "550 5.1.8 <reports@agency.example>: user unknown",
    "550 Invalid address in header From",
    "550 5.1.1 Mail from <reports@agency.example>: user unknown",
    "553 Invalid mailbox in From: reports@agency.example",
    "550 5.7.1 user not found in the list of allowed originators",
    "550 Reverse path rejected: no such user",
    "550 Unknown user name or bad password",
    "550 You are not allowed to send: account does not exist on this server",
    "550 5.1.2 Invalid HELO name",
    "550-Verification failed for <reports@agency.example>\n550-No Such User Here\n550 Sender verify failed",
    "550 5.2.252 SendAsDenied; not allowed to send",
    "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
    "550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.1 is blacklisted",
    "552 5.2.2 The email account that you tried to reach is over quota",  # persistent, but transient (RFC 3463)
    "550 5.3.2 System not accepting network messages",
    "554 5.7.1 Message rejected under suspicion of SPAM",
    "550 message sending for this account is disabled",
    "550 Requested action not taken: mailbox unavailable",
    "550 no",
    "550",
    "554 Transaction failed",
    "550 rejected by server at 5.1.1.7",
]


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "END"])
@pytest.mark.parametrize(("replies", "expected"), [(FINAL, True), (OURS, False)])
def test_whose_an_answer_is(stage: Stage, replies: list[str], expected: bool) -> None:
    assert [reply for reply in replies if is_final(stage, int(reply[:3]), reply[4:]) is not expected] == []


def test_before_anybody_spoke_of_the_reader_nothing_is_his() -> None:
    assert not is_final("MAIL", 550, "5.1.1 no such user")
    assert not is_final("RCPT", 450, "4.1.1 no such user")

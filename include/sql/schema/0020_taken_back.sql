-- A letter that was taken back, because the verdicts have changed since it was written, is a state of its own: it is as
-- if it had never been written. What expired was true, and no news any more.
alter table marts.letter drop constraint letter_state_check;

update marts.letter set state = 'taken_back'
where state = 'expired' and reason = 'the verdicts have changed';

alter table marts.letter add constraint letter_state_check check (
    state in ('draft', 'due', 'sending', 'sent', 'held', 'expired', 'taken_back')
);

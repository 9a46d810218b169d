-- Warnings that no reader has, or may have, and that are no longer true of one of the targets they name: one row each.
-- What is still to be warned of, a new one says.
update marts.letter
set
    state = 'taken_back',
    reason = 'the verdicts have changed'
where
    (%(clients)s::text[] is null or client = any(%(clients)s))
    and kind in ('certain_miss', 'at_risk', 'back_on_track')
    and state in ('draft', 'due', 'held')
    and not exists (
        select from marts.delivery as reader
        where
            reader.client = letter.client
            and reader.letter_id = letter.letter_id
            and not reader.is_draft
            and (reader.state in ('sending', 'sent') or reader.in_doubt)
    )
    and exists (
        select from jsonb_array_elements(letter.content -> 'targets') as target (value)
        left join marts.verdict as verdict
            on
                letter.client = verdict.client
                and letter.month = verdict.month
                and target.value ->> 'network' = verdict.network
                and target.value ->> 'kpi' = verdict.kpi
        where
            verdict.verdict is distinct from case letter.kind
                when 'back_on_track' then 'on_track'
                else letter.kind
            end
    )
returning client, letter_id

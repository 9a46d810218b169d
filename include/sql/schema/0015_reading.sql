-- What tools for reports read: the KPIs' words beside their formulas, and of clients and letters no person's address.
alter table catalogue.kpi
add column title text not null default '', -- English, as `meaning`
add column meaning text not null default '';
delete from catalogue.filled; -- so that the next run fills them in

-- one row per client file that is in order, without who gets its letters
create view marts.client as
select
    client,
    name,
    language,
    time_zone,
    currency,
    started,
    ended,
    paused_from,
    paused_to
from core.client;

-- one row per letter: how it stands and how many readers have it, without their addresses and what it says
create view marts.mailing as
select
    letter.client,
    letter.letter_id,
    letter.month,
    letter.kind,
    letter.revision,
    letter.state,
    letter.audience,
    letter.subject,
    letter.reason,
    delivered.readers,
    delivered.sent,
    delivered.refused,
    letter.created_at,
    letter.due_at,
    letter.decided_at,
    delivered.sent_at
from marts.letter as letter
cross join lateral (
    select
        count(*) as readers,
        count(*) filter (where delivery.state = 'sent') as sent,
        count(*) filter (where delivery.state = 'refused') as refused,
        max(delivery.sent_at) as sent_at
    from marts.delivery as delivery
    where delivery.client = letter.client and delivery.letter_id = letter.letter_id and not delivery.is_draft
) as delivered;

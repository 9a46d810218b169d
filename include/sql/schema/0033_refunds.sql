-- A refund takes from the revenue of days before it: what a month has come to may fall, and is not met before its end.
alter table catalogue.measure add column may_be_negative boolean not null default false; -- of a day
delete from catalogue.filled;

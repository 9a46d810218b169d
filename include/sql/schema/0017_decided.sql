-- Who decided on a letter, and in which letter's place it stands.
alter table marts.letter
add column decided_by text, -- who last released or held it: Airflow's user, or the system's on the command line
add column replaces text; -- the letter that was taken back for this one, whose manager's words it has

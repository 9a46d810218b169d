-- Take out what an earlier try of a run could not even plan.
delete from core.load
where run_id = %(run_id)s and starts_with(load_id, 'refused-')

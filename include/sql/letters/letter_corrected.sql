-- The corrections of what a letter told: one row each.
select correction.letter_id
from marts.letter as told
inner join marts.letter as correction on told.client = correction.client and told.month = correction.month
where
    told.client = %(client)s
    and told.letter_id = %(letter_id)s
    and told.kind in ('missed', 'monthly', 'correction')
    and correction.kind = 'correction'
    and correction.state not in ('expired', 'taken_back')
    and correction.created_at > told.created_at
order by correction.created_at

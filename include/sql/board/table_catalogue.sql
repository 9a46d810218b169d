-- One row per KPI that the files have now; they are given as JSON.
select
    entry.kpi,
    entry.title,
    entry.meaning,
    entry.goal,
    entry.formula,
    entry.unit,
    entry.direction,
    entry.due_month,
    entry.default_network,
    entry.measured_by,
    entry.grains,
    entry.over_all
from jsonb_to_recordset(%(kpis)s::jsonb) as entry (
    kpi text,
    title text,
    meaning text,
    goal text,
    formula text,
    unit text,
    direction text,
    due_month integer,
    default_network text,
    measured_by text,
    grains text,
    over_all text
)

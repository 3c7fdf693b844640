-- A month looks like 202305; it stands for its first day and, as 2023-05, for the record.
SELECT
    _row,
    单位代码 AS enterprise,
    regexp_replace(费款所属期, '^(\d{4})(\d\d)$', '\1-\2') AS number,
    regexp_replace(费款所属期, '^(\d{4})(\d\d)$', '\1-\2-01') AS occurred,
    核定日期 AS known,
    参保人数 AS insured
FROM insured

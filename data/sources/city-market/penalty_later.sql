-- One row of the sheet tells all that happened to a decision; each day in it is one happening.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    决定书文号 AS number,
    happened AS occurred,
    happened AS known,
    'penalty' AS of,
    CASE what
        WHEN '履行日期' THEN 'ended'
        WHEN '撤销日期' THEN 'withdrawn'
        WHEN '恢复日期' THEN 'reinstated'
        WHEN '修复日期' THEN 'repaired'
    END AS change
FROM (UNPIVOT penalties ON 履行日期, 撤销日期, 恢复日期, 修复日期 INTO NAME what VALUE happened)

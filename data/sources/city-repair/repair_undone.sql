-- False papers: the repair is undone, and the penalty is what it was.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    处罚决定书文号 AS number,
    撤销修复日期 AS occurred,
    撤销修复日期 AS known,
    'penalty' AS of,
    'reinstated' AS change
FROM repairs
WHERE 撤销修复日期 IS NOT NULL

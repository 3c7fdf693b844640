SELECT
    _row,
    统一社会信用代码 AS enterprise,
    召回编号 AS number,
    完成日期 AS occurred,
    完成日期 AS known,
    'recall' AS of,
    'ended' AS change
FROM recalls
WHERE 完成日期 IS NOT NULL

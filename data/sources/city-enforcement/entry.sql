SELECT
    j._row,
    j.统一社会信用代码 AS enterprise,
    j.执行案号 AS number,
    j.立案日期 AS occurred,
    j.发布日期 AS known,
    'judgment_defaulter' AS list,
    coalesce(r.reason, j.情形) AS reason
FROM judgments AS j
LEFT JOIN reason AS r ON r.code = j.情形

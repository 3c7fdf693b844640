SELECT
    a._row,
    a.统一社会信用代码 AS enterprise,
    a.列入决定书文号 AS number,
    regexp_replace(a.列入日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(a.公示日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    'abnormal' AS list,
    coalesce(r.reason, a.列入原因) AS reason
FROM abnormal AS a
LEFT JOIN reason AS r ON r.code = a.列入原因

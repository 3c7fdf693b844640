SELECT
    d._row,
    d.统一社会信用代码 AS enterprise,
    d.当事人 AS by_name,
    d.住所地 AS by_address,
    d.案号 AS number,
    regexp_replace(d.立案日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(d.发布日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    'judgment_defaulter' AS list,
    coalesce(r.reason, d.失信情形) AS reason
FROM defaulters AS d
LEFT JOIN reason AS r ON r.code = d.失信情形

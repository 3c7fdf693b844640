SELECT
    d._row,
    d.统一社会信用代码 AS enterprise,
    d.执行案号 AS number,
    regexp_replace(d.立案日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(d.发布日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    CASE d.名单
        WHEN '失信被执行人' THEN 'judgment_defaulter'
        WHEN '限制消费' THEN 'consumption_limit'
        ELSE d.名单
    END AS list,
    coalesce(r.reason, d.情形) AS reason
FROM defaulters AS d
LEFT JOIN reason AS r ON r.code = d.情形

SELECT
    _row,
    统一社会信用代码 AS enterprise,
    关系编号 AS number,
    regexp_replace(终止日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(终止日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    'relation' AS of,
    'ended' AS change
FROM relations
WHERE 终止日期 IS NOT NULL

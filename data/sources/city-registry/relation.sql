SELECT
    r._row,
    r.统一社会信用代码 AS enterprise,
    r.关系编号 AS number,
    regexp_replace(r.起始日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(r.登记日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    r.关联方代码 AS other,
    coalesce(t.role, r.关系) AS role,
    r.持股比例 AS share
FROM relations AS r
LEFT JOIN role AS t ON t.code = r.关系

-- The archive checks the code of the enterprise; that of the other is checked here. By GB 32100
-- the weighted sum of its characters is a multiple of 31. A mistyped one is left out, and the row
-- is set aside, because `other` has to be there.
SELECT
    r._row,
    r.统一社会信用代码 AS enterprise,
    r.关系编号 AS number,
    regexp_replace(r.起始日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(r.登记日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    CASE
        WHEN regexp_full_match(r.关联方代码, '[0-9A-HJ-NP-RTUWXY]{18}') AND list_sum([
            [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1][place]
            * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', r.关联方代码[place]) - 1)
            FOR place IN range(1, 19)
        ]) % 31 = 0
        THEN r.关联方代码
    END AS other,
    coalesce(t.role, r.关系) AS role,
    r.持股比例 AS share
FROM relations AS r
LEFT JOIN role AS t ON t.code = r.关系

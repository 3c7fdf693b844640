SELECT
    c._row,
    c.统一社会信用代码 AS enterprise,
    c.变更编号 AS number,
    regexp_replace(c.核准日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(c.录入日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    coalesce(t.item, c.变更事项) AS item,
    c."变更前(万元)" AS before,
    c."变更后(万元)" AS after
FROM changes AS c
LEFT JOIN change_item AS t ON t.code = c.变更事项

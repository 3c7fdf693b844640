SELECT
    f._row,
    f.统一社会信用代码 AS enterprise,
    f.检查编号 || '/' || f.项目编码 AS number,
    f.检查日期 AS occurred,
    f.录入日期 AS known,
    f.检查编号 AS inspection,
    f.项目编码 AS code,
    coalesce(t.severity, 'other') AS severity,
    f.次数 AS count
FROM items AS f
LEFT JOIN item AS t ON t.code = f.项目编码

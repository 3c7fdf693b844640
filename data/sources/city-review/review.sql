SELECT
    _row,
    统一社会信用代码 AS enterprise,
    核查编号 AS number,
    核查日期 AS occurred,
    录入日期 AS known,
    许可证编号 AS licence,
    食品类别 AS category,
    得分 AS score,
    满分 AS "full"
FROM reviews

SELECT
    _row,
    责任单位代码 AS enterprise,
    事故编号 AS number,
    发生日期 AS occurred,
    确认日期 AS known,
    CASE 等级
        WHEN '暴发' THEN 'outbreak'
        WHEN '三十人以上' THEN 'mass'
        WHEN '致人死亡' THEN 'death'
        ELSE 等级
    END AS grade,
    发病人数 AS ill,
    死亡人数 AS deaths,
    可疑食品 AS product
FROM incidents

SELECT
    _row,
    统一社会信用代码 AS enterprise,
    表彰编号 AS number,
    表彰日期 AS occurred,
    公布日期 AS known,
    CASE 级别
        WHEN '市级' THEN 'city'
        WHEN '省级' THEN 'province'
        WHEN '国家级' THEN 'nation'
        ELSE 级别
    END AS level
FROM awards

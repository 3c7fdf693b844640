-- A row is a shop's month. It occurred on the month's last day.
SELECT
    _row,
    商家代码 AS enterprise,
    strftime(CAST(月末 AS DATE), '%Y-%m') || '/团购' AS number,
    月末 AS occurred,
    上报日期 AS known,
    '团购' AS platform,
    订单量 AS orders,
    综合评分 AS rating,
    食安差评 AS adverse
FROM shops

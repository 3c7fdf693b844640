-- A row is a shop's month on one platform. It occurred on the month's last day.
SELECT
    _row,
    商户信用代码 AS enterprise,
    月份 || '/' || 平台 AS number,
    统计日期 AS occurred,
    报送日期 AS known,
    平台 AS platform,
    订单数 AS orders,
    评分 AS rating,
    食安差评数 AS adverse
FROM shops

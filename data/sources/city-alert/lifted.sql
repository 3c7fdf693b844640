-- An alert is lifted on that day.
SELECT
    _row,
    NULL AS enterprise,
    许可证编号 AS by_licence,
    标称生产经营者 AS by_name,
    通报编号 AS number,
    解除日期 AS occurred,
    解除日期 AS known,
    'alert' AS of,
    'ended' AS change
FROM alerts
WHERE 解除日期 IS NOT NULL

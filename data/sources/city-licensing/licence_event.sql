SELECT
    _row,
    统一社会信用代码 AS enterprise,
    许可证编号 || '/' || 许可事项 || '/' || 办理日期 AS number,
    办理日期 AS occurred,
    录入日期 AS known,
    许可证编号 AS licence,
    CASE 许可种类
        WHEN '食品生产许可' THEN 'production'
        WHEN '食品经营许可' THEN 'operation'
        ELSE 许可种类
    END AS type,
    CASE 许可事项
        WHEN '准予' THEN 'granted'
        WHEN '延续' THEN 'renewed'
        WHEN '注销' THEN 'cancelled'
        WHEN '吊销' THEN 'revoked'
        ELSE 许可事项
    END AS event
FROM licence_events

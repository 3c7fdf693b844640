-- A check occurred on the day it was due, done or not, and is called by the month of that day.
SELECT
    _row,
    企业代码 AS enterprise,
    coalesce(strftime(TRY_CAST(应报日期 AS DATE), '%Y-%m'), 应报日期) AS number,
    应报日期 AS occurred,
    汇总日期 AS known,
    CASE 事项 WHEN '月调度' THEN 'monthly' ELSE 事项 END AS type,
    应报日期 AS due,
    上报日期 AS done
FROM checks

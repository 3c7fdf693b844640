-- A return occurred on the day it was due, filed or not, and is called by the quarter of that day.
WITH dated AS (SELECT *, TRY_CAST(申报期限 AS DATE) AS day FROM returns)
SELECT
    _row,
    纳税人识别号 AS enterprise,
    coalesce(year(day) || 'Q' || quarter(day), 申报期限) AS number,
    申报期限 AS occurred,
    入库日期 AS known,
    CASE 税种 WHEN '增值税' THEN 'vat' ELSE 税种 END AS tax,
    申报期限 AS due,
    申报日期 AS filed
FROM dated

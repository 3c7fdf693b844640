-- One row tells all that happened to a decision; each day in it is one happening.
SELECT
    _row,
    CF_XDR_SHXYM AS enterprise,
    CF_XDR_XKZ AS by_licence,
    CF_XDR_MC AS by_name,
    CF_XDR_DZ AS by_address,
    CF_WSH AS number,
    happened AS occurred,
    happened AS known,
    'penalty' AS of,
    CASE what
        WHEN 'CF_LXRQ' THEN 'ended'
        WHEN 'CF_CXRQ' THEN 'withdrawn'
        WHEN 'CF_HFRQ' THEN 'reinstated'
    END AS change
FROM (UNPIVOT penalties ON CF_LXRQ, CF_CXRQ, CF_HFRQ INTO NAME what VALUE happened)

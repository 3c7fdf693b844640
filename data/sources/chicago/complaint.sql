SELECT
    _row,
    Service_Request_Number AS number,
    CAST(Creation_Date AS DATE) AS occurred,
    CAST(Creation_Date AS DATE) AS known,
    'complaint' AS type,
    'false' AS food,
    'sanitation' AS topic,
    Longitude AS longitude,
    Latitude AS latitude
FROM complaints

-- The AVA OLO sample database, part 2 of 3: the rows.
--
-- Values that look random are made from the SHA-256 of the row's number: h has 32 bytes, and each column uses some of
-- them. OFFSET 0 prevents the planner from computing h again for each use. Times use integer arithmetic, because the
-- last bit of a float result may differ between machines. Rows are written in the order of their numbers.

SET timezone = 'UTC';
SET client_min_messages = warning;
SET ROLE ava_owner;

-- MARK: how many, and when

CREATE TEMPORARY TABLE sample AS
SELECT farmers,
       5 * farmers AS fields,
       50 * farmers AS conversations,
       100 * farmers AS log_rows,
       as_of,
       -- The logs go back three years minus a day, so that the oldest row is never before the oldest partition.
       extract(epoch FROM as_of - (as_of - interval '3 years'))::bigint - 86400 AS log_seconds,
       4 * 365 * 86400::bigint AS farmer_seconds
FROM (
    SELECT greatest(10, round(10000 * current_setting('sample.scale')::numeric))::bigint AS farmers,
           current_setting('sample.as_of')::timestamptz AS as_of
) AS parameters;

-- 24 bits of h, starting at a given byte.
CREATE FUNCTION pg_temp.bits(h bytea, byte integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT 65536 * get_byte(h, byte) + 256 * get_byte(h, byte + 1) + get_byte(h, byte + 2)
$$;

-- How long before sample.as_of row n of total was written, in microseconds. There are more new rows than old ones,
-- because the business grows. The last row is at most three minutes old.
CREATE FUNCTION pg_temp.age(n bigint, total bigint, seconds bigint, h bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (4 * u + 6 * (u * u / 1000000000)) / 10 * seconds / 1000 + 10 * (pg_temp.bits(h, 29) + 1)
    FROM (SELECT (total - n) * 1000000000 / total AS u OFFSET 0) AS fraction
$$;

-- Farmers joined one after another over farmer_seconds. Returns one of those who had joined at that age.
CREATE FUNCTION pg_temp.farmer_at(age bigint, farmers bigint, farmer_seconds bigint, h bytea) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT 1 + pg_temp.bits(h, 26) % greatest(1, farmers * (farmer_seconds - age / 1000000 - 60) / farmer_seconds)
$$;

CREATE FUNCTION pg_temp.microseconds(amount bigint) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT amount * interval '1 microsecond'
$$;

-- MARK: words

-- Of ten farmers, four write Slovenian, three Croatian, two Bulgarian, one English.
CREATE FUNCTION pg_temp.language_of(farmer_id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (ARRAY['sl', 'hr', 'bg', 'sl', 'hr', 'en', 'sl', 'bg', 'hr', 'sl'])[1 + farmer_id % 10]
$$;

CREATE FUNCTION pg_temp.first_name(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY['Janez', 'Marija', 'Franc', 'Ana', 'Žiga', 'Špela', 'Matjaž', 'Alenka', 'Jože', 'Urška']
        WHEN 'hr' THEN ARRAY['Ivan', 'Marija', 'Josip', 'Ana', 'Stjepan', 'Željka', 'Hrvoje', 'Đurđa', 'Tomislav', 'Jasna']
        WHEN 'bg' THEN ARRAY['Иван', 'Мария', 'Георги', 'Елена', 'Димитър', 'Йорданка', 'Петър', 'Радка', 'Щерю', 'Цветана']
        ELSE ARRAY['Seán', 'Mary', 'Patrick', 'Aoife', 'John', 'Ciara', 'Michael', 'Niamh', 'James', 'Gráinne']
    END)[1 + pick % 10]
$$;

CREATE FUNCTION pg_temp.last_name(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY['Novak', 'Horvat', 'Kovačič', 'Krajnc', 'Zupančič', 'Potočnik', 'Mlakar', 'Kos', 'Vidmar', 'Golob', 'Žagar']
        WHEN 'hr' THEN ARRAY['Horvat', 'Kovačević', 'Babić', 'Marić', 'Jurić', 'Novak', 'Kovačić', 'Vuković', 'Šimić', 'Đurić', 'Perić']
        WHEN 'bg' THEN ARRAY['Иванов', 'Георгиев', 'Димитров', 'Петков', 'Стоянов', 'Илиев', 'Ангелов', 'Колев', 'Йорданов', 'Щерев', 'Ъглов']
        ELSE ARRAY['O''Brien', 'Murphy', 'O''Connor', 'Walsh', 'Byrne', 'Ryan', 'McCarthy', 'Doyle', 'Ó Súilleabháin', 'Nolan', 'Burke']
    END)[1 + pick % 11]
$$;

CREATE FUNCTION pg_temp.place(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY['Ptuj', 'Murska Sobota', 'Krško', 'Brežice', 'Ljutomer', 'Vipava', 'Šentjur', 'Žalec']
        WHEN 'hr' THEN ARRAY['Osijek', 'Đakovo', 'Vinkovci', 'Koprivnica', 'Požega', 'Virovitica', 'Čakovec', 'Županja']
        WHEN 'bg' THEN ARRAY['Добрич', 'Плевен', 'Стара Загора', 'Пазарджик', 'Силистра', 'Монтана', 'Ямбол', 'Търговище']
        ELSE ARRAY['Tullamore', 'Thurles', 'Enniscorthy', 'Carlow', 'Navan', 'Mallow', 'Athy', 'Kilkenny']
    END)[1 + pick % 8]
$$;

CREATE FUNCTION pg_temp.crop(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY['pšenica', 'koruza', 'ječmen', 'krompir', 'oljna ogrščica', 'soja', 'vinska trta', 'jablana', 'hmelj', 'buče']
        WHEN 'hr' THEN ARRAY['pšenica', 'kukuruz', 'ječam', 'krumpir', 'uljana repica', 'soja', 'vinova loza', 'jabuka', 'suncokret', 'šećerna repa']
        WHEN 'bg' THEN ARRAY['пшеница', 'царевица', 'ечемик', 'картофи', 'рапица', 'слънчоглед', 'лозе', 'ябълки', 'домати', 'лавандула']
        ELSE ARRAY['wheat', 'maize', 'barley', 'potatoes', 'oilseed rape', 'oats', 'beans', 'apples', 'grass', 'beet']
    END)[1 + pick % 10]
$$;

CREATE FUNCTION pg_temp.field_name(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY['Velika njiva', 'Pri cerkvi', 'Za hlevom', 'Ob potoku', 'Dolga njiva', 'Pod gozdom', 'Na klancu', 'Stari travnik']
        WHEN 'hr' THEN ARRAY['Velika njiva', 'Kod križa', 'Iza štale', 'Uz potok', 'Duga oranica', 'Pod šumom', 'Gornje polje', 'Stara livada']
        WHEN 'bg' THEN ARRAY['Голямата нива', 'При чешмата', 'Зад обора', 'Край реката', 'Дългата нива', 'Под гората', 'Горното поле', 'Старата ливада']
        ELSE ARRAY['Big Field', 'Chapel Field', 'Behind the barn', 'River Meadow', 'Long Acre', 'Under the wood', 'Hill Field', 'Paddy''s "new" field']
    END)[1 + pick % 8]
$$;

-- %1$s crop, %2$s field, %3$s a number.
CREATE FUNCTION pg_temp.question(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY[
            'Na njivi »%2$s« so listi rumeni, kultura je %1$s. Kaj naj naredim?',
            'Kdaj lahko škropim? Posejano: %1$s, napovedujejo %3$s mm dežja.',
            'Koliko dušika na hektar? %1$s, lani sem dal %3$s kg/ha.',
            'Lep pozdrav 🙂 ali je že čas za žetev? (%2$s, %1$s, vlaga %3$s %%)',
            E'Danes opravljeno:\n- %2$s: %1$s\n- škropljenje, %3$s l',
            'Kakšna je cena danes? Imam %3$s ton. %1$s',
            'Vidim uši na spodnji strani lista, približno %3$s na rastlino. Kultura: %1$s']
        WHEN 'hr' THEN ARRAY[
            'Na njivi "%2$s" listovi su žuti, kultura je %1$s. Što da radim?',
            'Kada mogu prskati? Posijano: %1$s, najavljuju %3$s mm kiše.',
            'Koliko dušika po hektaru? %1$s, lani sam dao %3$s kg/ha.',
            'Pozdrav 👋 je li vrijeme za žetvu? (%2$s, %1$s, vlaga %3$s %%)',
            E'Danas odrađeno:\n- %2$s: %1$s\n- prskanje, %3$s l',
            'Koja je danas cijena? Imam %3$s tona. %1$s',
            'Vidim lisne uši s donje strane lista, oko %3$s po biljci. Kultura: %1$s']
        WHEN 'bg' THEN ARRAY[
            'На нива „%2$s“ листата жълтеят, културата е %1$s. Какво да правя?',
            'Кога мога да пръскам? Засято: %1$s, очакват се %3$s мм дъжд.',
            'Колко азот на хектар? %1$s, миналата година дадох %3$s кг/ха.',
            'Здравейте 🌻 време ли е за жътва? (%2$s, %1$s, влага %3$s %%)',
            E'Днес свърших:\n- %2$s: %1$s\n- пръскане, %3$s л',
            'Каква е цената днес? Имам %3$s тона. %1$s',
            'Виждам листни въшки отдолу по листата, около %3$s на растение. Култура: %1$s']
        ELSE ARRAY[
            'Leaves are turning yellow in "%2$s", crop is %1$s. What''s wrong?',
            'When can I spray? It''s %1$s, and they forecast %3$s mm of rain.',
            'How much nitrogen per hectare? %1$s, last year I gave it %3$s kg/ha.',
            'Hi 👩‍🌾 is it ready for harvest? (%2$s, %1$s, moisture %3$s%%)',
            E'Done today:\n- %2$s: %1$s\n- sprayed, %3$s l',
            'What is the price today? I have %3$s tonnes. %1$s',
            'I see aphids under the leaves, about %3$s per plant. Crop: %1$s']
    END)[1 + pick % 7]
$$;

CREATE FUNCTION pg_temp.answer(language text, pick integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE language
        WHEN 'sl' THEN ARRAY[
            'Najverjetneje gre za pomanjkanje dušika (%1$s). Predlagam dognojevanje s %3$s kg/ha in ponoven pregled čez 7 dni.',
            'Počakajte, da se list osuši: veter naj bo pod 3 m/s, temperatura pod 25 °C. Do naslednjega dežja je %3$s ur.',
            E'Priporočilo za »%2$s«:\n1. vzorec tal\n2. največ %3$s kg N/ha v dveh obrokih\n3. varovalni pas ob vodi',
            'Vlaga je še previsoka za žetev. Ponovno izmerite čez nekaj dni; cilj je 14 %%. 🌾',
            'Zabeleženo ✅ %2$s, %1$s, %3$s. Karenco bom upoštevala v koledarju.',
            'Prag škodljivosti še ni presežen. Koristnih žuželk je dovolj, škropljenje ni potrebno.',
            E'Odmerki\tN\tP\tK\n%2$s\t%3$s\t40\t60']
        WHEN 'hr' THEN ARRAY[
            'Najvjerojatnije je riječ o manjku dušika (%1$s). Predlažem prihranu s %3$s kg/ha i ponovni pregled za 7 dana.',
            'Pričekajte da se list osuši: vjetar ispod 3 m/s, temperatura ispod 25 °C. Do sljedeće kiše je %3$s sati.',
            E'Preporuka za "%2$s":\n1. uzorak tla\n2. najviše %3$s kg N/ha u dva obroka\n3. zaštitni pojas uz vodu',
            'Vlaga je još previsoka za žetvu. Izmjerite ponovno za nekoliko dana; cilj je 14 %%. 🌾',
            'Zabilježeno ✅ %2$s, %1$s, %3$s. Karencu ću uzeti u obzir u kalendaru.',
            'Prag štetnosti još nije prijeđen. Korisnih kukaca ima dovoljno, prskanje nije potrebno.',
            E'Količine\tN\tP\tK\n%2$s\t%3$s\t40\t60']
        WHEN 'bg' THEN ARRAY[
            'Най-вероятно е недостиг на азот (%1$s). Предлагам подхранване с %3$s кг/ха и нов оглед след 7 дни.',
            'Изчакайте листата да изсъхнат: вятър под 3 м/с, температура под 25 °C. До следващия дъжд остават %3$s часа.',
            E'Препоръка за „%2$s“:\n1. почвена проба\n2. най-много %3$s кг N/ха на два пъти\n3. защитна ивица край водата',
            'Влагата е още висока за жътва. Измерете пак след няколко дни; целта е 14 %%. 🌾',
            'Записано ✅ %2$s, %1$s, %3$s. Карантинният срок е в календара.',
            'Прагът на вредност не е достигнат. Полезните насекоми са достатъчно, пръскане не е нужно.',
            E'Норми\tN\tP\tK\n%2$s\t%3$s\t40\t60']
        ELSE ARRAY[
            'Most likely a lack of nitrogen (%1$s). I''d top-dress with %3$s kg/ha and look again in 7 days.',
            'Wait until the leaf is dry: wind below 3 m/s, temperature below 25 °C. The next rain is %3$s hours away.',
            E'Advice for "%2$s":\n1. take a soil sample\n2. at most %3$s kg N/ha, in two doses\n3. keep a buffer strip along water',
            'Moisture is still too high to harvest. Measure again in a few days; aim for 14%%. 🌾',
            'Noted ✅ %2$s, %1$s, %3$s. The pre-harvest interval is in your calendar.',
            'Below the threshold so far. There are enough beneficial insects; no need to spray.',
            E'Rates\tN\tP\tK\n%2$s\t%3$s\t40\t60']
    END)[1 + pick % 7]
$$;

-- MARK: rows

INSERT INTO farmers (id, whatsapp_number, name, farm_location, primary_crops, created_at) OVERRIDING SYSTEM VALUE
SELECT n,
       CASE language WHEN 'sl' THEN '+386' WHEN 'hr' THEN '+385' WHEN 'bg' THEN '+359' ELSE '+353' END
           -- Multiplying by a prime is one-to-one modulo 10^9, so the numbers look random and are never the same.
           || lpad((n * 736878737 % 1000000000)::text, 9, '0'),
       pg_temp.first_name(language, get_byte(h, 0)) || ' ' || pg_temp.last_name(language, get_byte(h, 1)),
       CASE WHEN get_byte(h, 2) >= 12 THEN pg_temp.place(language, get_byte(h, 2)) END,
       CASE get_byte(h, 3) % 3
           WHEN 0 THEN ARRAY[pg_temp.crop(language, get_byte(h, 4))]
           WHEN 1 THEN ARRAY[pg_temp.crop(language, get_byte(h, 4)), pg_temp.crop(language, get_byte(h, 4) + 3)]
           ELSE ARRAY[pg_temp.crop(language, get_byte(h, 4)), pg_temp.crop(language, get_byte(h, 4) + 1),
                      pg_temp.crop(language, get_byte(h, 4) + 5)]
       END,
       as_of - pg_temp.microseconds((farmers - n) * farmer_seconds / farmers * 1000000 + 10 * (pg_temp.bits(h, 29) + 1))
FROM (
    SELECT n, sample.*, sha256('farmer'::bytea || int8send(n)) AS h, pg_temp.language_of(n) AS language
    FROM sample, generate_series(1, farmers) AS n
    OFFSET 0
) AS rows;

-- A field is a ring of twelve corners, 30 degrees apart, each at a different radius. The sine of 30 degrees is 1/2, so
-- the area is a quarter of the sum of the products of neighbouring radii. Corners are in millionths of a degree, radii
-- in metres; metres_east and metres_north are metres per thousandth of a degree.
INSERT INTO fields (id, farmer_id, name, crop_type, coordinates, area_hectares, created_at) OVERRIDING SYSTEM VALUE
SELECT n, farmer_id,
       pg_temp.field_name(language, get_byte(h, 0)) || CASE WHEN get_byte(h, 0) > 200 THEN ' ' || get_byte(h, 1) % 4 + 1 ELSE '' END,
       CASE WHEN get_byte(h, 2) >= 20 THEN pg_temp.crop(language, get_byte(h, 2)) END,
       jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array((
           SELECT jsonb_agg(
               jsonb_build_array(
                   (longitude + pg_temp.bits(h, 3) % 900000 + radius * cosine / metres_east) * 0.000001,
                   (latitude + pg_temp.bits(h, 6) % 400000 + radius * sine / metres_north) * 0.000001)
               ORDER BY corner)
           FROM (
               SELECT corner,
                      40 + get_byte(h, 9) / 2 + get_byte(h, 10 + corner % 12) / 4 AS radius,
                      (ARRAY[1000, 866, 500, 0, -500, -866, -1000, -866, -500, 0, 500, 866])[1 + corner % 12] AS cosine,
                      (ARRAY[0, 500, 866, 1000, 866, 500, 0, -500, -866, -1000, -866, -500])[1 + corner % 12] AS sine
               FROM generate_series(0, 12) AS corner
           ) AS ring))),
       (SELECT sum((40 + get_byte(h, 9) / 2 + get_byte(h, 10 + corner) / 4)
                   * (40 + get_byte(h, 9) / 2 + get_byte(h, 10 + (corner + 1) % 12) / 4))::numeric / 4 / 10000
        FROM generate_series(0, 11) AS corner),
       created_at + pg_temp.microseconds(
           (extract(epoch FROM as_of - created_at) * 1000000)::bigint / 1024 * get_byte(h, 28))
FROM (
    SELECT n, sample.as_of, sha256('field'::bytea || int8send(n)) AS h,
           farmers.id AS farmer_id, farmers.created_at, pg_temp.language_of(farmers.id) AS language,
           region.longitude, region.latitude, region.metres_east, 111 AS metres_north
    FROM sample
        CROSS JOIN generate_series(1, fields) AS n
        JOIN farmers ON farmers.id = greatest(1, 1 + (n - 1) / 5 - get_byte(sha256('owner'::bytea || int8send(n)), 0) % 4)
        JOIN (VALUES ('sl', 15200000, 46100000, 77), ('hr', 17500000, 45200000, 78),
                     ('bg', 24500000, 43000000, 81), ('en', -8300000, 52400000, 68)
        ) AS region (language, longitude, latitude, metres_east)
            ON region.language = pg_temp.language_of(farmers.id)
    ORDER BY n
) AS rows;

-- Odd rows are questions, even rows are answers within a minute. Only a farmer who had already joined can write.
INSERT INTO conversations (id, farmer_id, message, sender, "timestamp")
SELECT n, farmer_id,
       CASE
           WHEN asks AND get_byte(h, 0) = 0 THEN E'C:\\Users\\ava\\Slike\\IMG_' || pg_temp.bits(h, 1) % 10000 || '.jpg'
           WHEN asks AND get_byte(h, 0) = 1 THEN '👍'
           ELSE format(
               CASE WHEN asks THEN pg_temp.question(language, get_byte(h, 4)) ELSE pg_temp.answer(language, get_byte(h, 4)) END,
               pg_temp.crop(language, get_byte(h, 5)), pg_temp.field_name(language, get_byte(h, 6)), 1 + get_byte(h, 7) % 180)
       END,
       CASE WHEN asks THEN 'farmer' ELSE 'ava' END,
       as_of - pg_temp.microseconds(age + CASE WHEN asks THEN 40000000 ELSE get_byte(h, 8) * 100000 END)
FROM (
    SELECT *, n % 2 = 1 AS asks, pg_temp.language_of(farmer_id) AS language
    FROM (
        SELECT *, pg_temp.farmer_at(age, farmers, farmer_seconds, h) AS farmer_id
        FROM (
            SELECT *, pg_temp.age((n + 1) / 2, conversations / 2, log_seconds, h) AS age
            FROM (
                SELECT n, sample.*, sha256('conversation'::bytea || int8send((n + 1) / 2)) AS h
                FROM sample, generate_series(1, conversations) AS n
                OFFSET 0
            ) AS hashed
            OFFSET 0
        ) AS aged
        OFFSET 0
    ) AS owned
    OFFSET 0
) AS rows;

INSERT INTO llm_debug_log (id, query_type, input_data, output_data, "timestamp")
SELECT n,
       (ARRAY['pest_identification', 'weather', 'fertilization', 'harvest', 'task_registration', 'market_price', 'general'])
           [1 + get_byte(h, 0) % 7],
       jsonb_build_object(
           'trace_id', encode(substr(h, 17, 12), 'hex'),
           'farmer_id', farmer_id,
           'language', language,
           'temperature', get_byte(h, 1) % 10 * 0.1,
           'messages', jsonb_build_array(
               jsonb_build_object('role', 'system', 'content',
                   'You are AVA, an agronomist. Answer briefly, in the language of the question ("' || language || '").'),
               jsonb_build_object('role', 'user', 'content', format(
                   pg_temp.question(language, get_byte(h, 0)), crop, field_name, number)))),
       CASE WHEN get_byte(h, 2) >= 3 THEN jsonb_build_object(
           'model', (ARRAY['gpt-4', 'gpt-4o', 'gpt-4o-mini', 'mistral-large'])[1 + get_byte(h, 3) % 4],
           'answer', format(pg_temp.answer(language, get_byte(h, 0)), crop, field_name, number),
           'retrieved', jsonb_build_array(
               jsonb_build_object('chunk', substr(digits, 1, 16), 'score', 0.9 - get_byte(h, 16) * 0.0005),
               jsonb_build_object('chunk', substr(digits, 17, 16), 'score', 0.7 - get_byte(h, 17) * 0.0005),
               jsonb_build_object('chunk', substr(digits, 33, 16), 'score', 0.5 - get_byte(h, 18) * 0.0005)),
           'confidence', (500000 + pg_temp.bits(h, 5) % 500000) * 0.000001,
           'latency_ms', 300 + pg_temp.bits(h, 8) % 9000,
           'tokens', jsonb_build_object('prompt', 60 + get_byte(h, 11), 'completion', 20 + get_byte(h, 12)),
           'error', NULL)
       END,
       as_of - pg_temp.microseconds(age)
FROM (
    SELECT *, pg_temp.crop(language, get_byte(h, 13)) AS crop, pg_temp.field_name(language, get_byte(h, 14)) AS field_name,
           1 + get_byte(h, 15) % 180 AS number, encode(sha256(h), 'hex') AS digits
    FROM (
        SELECT *, pg_temp.language_of(farmer_id) AS language
        FROM (
            SELECT *, pg_temp.farmer_at(age, farmers, farmer_seconds, h) AS farmer_id
            FROM (
                SELECT *, pg_temp.age(n, log_rows, log_seconds, h) AS age
                FROM (
                    SELECT n, sample.*, sha256('log'::bytea || int8send(n)) AS h
                    FROM sample, generate_series(1, log_rows) AS n
                    OFFSET 0
                ) AS hashed
                OFFSET 0
            ) AS aged
            OFFSET 0
        ) AS owned
        OFFSET 0
    ) AS spoken
    OFFSET 0
) AS rows;

-- The rows that the audit trigger would have written: every insert, and an update of every fourth field.
INSERT INTO audit_log (id, table_name, operation, user_name, "timestamp", row_data)
SELECT row_number() OVER (ORDER BY changed_at, table_name, id, operation), table_name, operation, 'ava_app', changed_at, row_data
FROM (
    SELECT 'farmers' AS table_name, id, 'INSERT' AS operation, created_at AS changed_at, to_jsonb(farmer) AS row_data
    FROM farmers AS farmer
    UNION ALL
    SELECT 'fields', id, 'INSERT', created_at, to_jsonb(field)
    FROM fields AS field
    UNION ALL
    SELECT 'fields', id, 'UPDATE', created_at + (as_of - created_at) / 2, to_jsonb(field)
    FROM fields AS field, sample
    WHERE id % 4 = 0
) AS changes
ORDER BY 1;

INSERT INTO schema_versions (version, applied_at, description)
SELECT version, date_trunc('hour', as_of) - days_ago * interval '1 day', description
FROM sample, (VALUES
    (1, 1460, 'farmers and fields'),
    (2, 1440, 'conversations'),
    (3, 1201, 'llm_debug_log'),
    (4, 1109, 'conversations and llm_debug_log by month'),
    (5, 888, 'fields.coordinates: GeoJSON polygon instead of a single point'),
    (6, 651, 'audit_log and its triggers'),
    (7, 430, 'row-level security on conversations'),
    (8, 206, 'index on what was asked of the model'),
    (9, 41, 'farmers.primary_crops: text[] instead of comma-separated text')
) AS versions (version, days_ago, description)
ORDER BY version;

INSERT INTO migration_log (id, migration_name, started_at, completed_at, rows_affected, status)
SELECT id, migration_name, started_at, started_at + seconds * interval '1 second', rows_affected, status
FROM sample, LATERAL (VALUES
    (1, '0001_farmers_and_fields', 1460, 2, 0::bigint, 'completed'),
    (2, '0002_conversations', 1440, 1, 0, 'completed'),
    (3, '0003_llm_debug_log', 1201, 1, 0, 'completed'),
    (4, '0004_partition_by_month', 1110, 640, NULL, 'failed'),
    (5, '0004_partition_by_month', 1109, 1893, conversations / 5, 'completed'),
    (6, '0005_field_polygons', 888, 77, fields / 3, 'completed'),
    (7, '0006_audit_log', 651, 3, 0, 'completed'),
    (8, '0007_row_level_security', 430, 1, 0, 'completed'),
    (9, '0008_gin_on_input_data', 206, 412, NULL, 'completed'),
    (10, '0009_crops_as_array', 41, 9, farmers, 'completed')
) AS migrations (id, migration_name, days_ago, seconds, rows_affected, status),
LATERAL (SELECT date_trunc('hour', as_of) - days_ago * interval '1 day' AS started_at) AS times
ORDER BY id;

-- The next row gets the number after the sample's last one.
SELECT setval(pg_get_serial_sequence(table_name, 'id'), greatest(1, newest))
FROM (
    SELECT 'farmers' AS table_name, max(id) AS newest FROM farmers
    UNION ALL SELECT 'fields', max(id) FROM fields
    UNION ALL SELECT 'conversations', max(id) FROM conversations
    UNION ALL SELECT 'llm_debug_log', max(id) FROM llm_debug_log
    UNION ALL SELECT 'audit_log', max(id) FROM audit_log
    UNION ALL SELECT 'migration_log', max(id) FROM migration_log
) AS tables;

DROP TABLE sample;
RESET ROLE;

-- Two shapes that the application cannot draw.
UPDATE plots SET shape = '{"type": "Point"}' WHERE id IN (3, 4);
UPDATE plots SET shape = '"a secret"' WHERE id = 5;

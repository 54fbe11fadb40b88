-- John Doe may add items for himself and for Alice.
INSERT INTO user_scopes (username, scope) VALUES
    ('johndoe', 'users:johndoe:items'),
    ('johndoe', 'users:alice:items');

-- The users of FastAPI's tutorial. Their passwords are published: `secret` and `secretalice`.
INSERT INTO users (username, email, full_name, disabled, password_hash) VALUES
    ('johndoe', 'johndoe@example.com', 'John Doe', FALSE,
     '$argon2id$v=19$m=19456,t=2,p=1$0GsBDlrPA8YN1fB0gnqXiw$7hqLCZlhGg2o6RhZrc0X6Z3UUsIKxbWdKgmFFMNPO9A'),
    ('alice', 'alicechains@example.com', 'Alice Chains', TRUE,
     '$argon2id$v=19$m=19456,t=2,p=1$pl50QSBSUOzZ2qJP74nvqA$rlaSDgQRZ4VPTPCbkPGch8IkO6bbxIjNjco4HKS5f/s');

INSERT INTO user_scopes (username, scope) VALUES
    ('johndoe', 'me'),
    ('johndoe', 'items'),
    ('johndoe', 'items:write'),
    ('alice', 'me'),
    ('alice', 'items');

INSERT INTO items (owner, item_id) VALUES ('johndoe', 'Foo');

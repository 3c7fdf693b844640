-- Roles of the ledger on PostgreSQL, with the least that each needs. Run by a superuser in the
-- ledger's own database, before `xinheng ledger upgrade` as xinheng_owner, and again after each:
--   createdb xinheng
--   psql --dbname=xinheng --variable=ON_ERROR_STOP=1 --file=deploy/postgresql.sql
-- Passwords are set apart:  \password xinheng_owner   \password xinheng_service

-- xinheng_owner has the tables and changes them with a new version; nobody runs anything as it.
-- xinheng_service is the service and the jobs: it reads and adds, and changes only what is so at
--   present (keys, accounts, sessions); never the history, never the audit.
-- xinheng_reader sees everything and changes nothing: backups (pg_dump), and who looks.
DO $$
DECLARE role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['xinheng_owner', 'xinheng_service', 'xinheng_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', role);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO xinheng_owner, xinheng_service, xinheng_reader',
        current_database()
    );
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO xinheng_owner;
GRANT USAGE ON SCHEMA public TO xinheng_service, xinheng_reader;

-- What is there already, and what an upgrade by xinheng_owner adds.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM xinheng_service, xinheng_reader;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO xinheng_service;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO xinheng_reader;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO xinheng_service;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO xinheng_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE xinheng_owner IN SCHEMA public
    GRANT SELECT, INSERT ON TABLES TO xinheng_service;
ALTER DEFAULT PRIVILEGES FOR ROLE xinheng_owner IN SCHEMA public
    GRANT SELECT ON TABLES TO xinheng_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE xinheng_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO xinheng_service;
ALTER DEFAULT PRIVILEGES FOR ROLE xinheng_owner IN SCHEMA public
    GRANT SELECT ON SEQUENCES TO xinheng_reader;

-- What is so at present, as against what happened, may be changed.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'access_account', 'access_failure', 'access_key', 'access_pending', 'access_session',
        'webhook'
    ] LOOP
        IF to_regclass('public.' || name) IS NOT NULL THEN
            EXECUTE format('GRANT UPDATE, DELETE ON public.%I TO xinheng_service', name);
        END IF;
    END LOOP;
    -- What was posted goes once the archive has it.
    IF to_regclass('public.posting_body') IS NOT NULL THEN
        GRANT DELETE ON public.posting_body TO xinheng_service;
    END IF;
    -- The revision is the owner's alone.
    IF to_regclass('public.ledger_version') IS NOT NULL THEN
        REVOKE INSERT ON public.ledger_version FROM xinheng_service;
    END IF;
END $$;

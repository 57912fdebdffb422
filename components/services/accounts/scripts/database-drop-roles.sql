-- Drops the roles that openclaw.roles names. Anybody may grant what is his to anybody whose name he knows, and so keep a
-- role from being dropped: that one stays, without login, password or rights that reach anything.
DO $$
DECLARE
  unwanted name;
BEGIN
  FOREACH unwanted IN ARRAY current_setting('openclaw.roles')::name[] LOOP
    BEGIN
      EXECUTE format('DROP OWNED BY %I', unwanted);
      EXECUTE format('DROP ROLE %I', unwanted);
    EXCEPTION WHEN dependent_objects_still_exist THEN
      RAISE WARNING 'role % stays, without a login: others have granted it something (%)', unwanted, sqlerrm;
    END;
  END LOOP;
END
$$;

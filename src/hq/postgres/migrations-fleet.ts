/**
 * What lists of a large fleet are found by. Parts of words are found by their trigrams, where the database has that extension (it comes
 * with the server's package) and lets HQ use it; without it a search looks at every terminal.
 */
export const FLEET = [
  `do $$ begin
    create extension if not exists pg_trgm;
    create index terminal_search on terminal using gin (search gin_trgm_ops);
  exception when insufficient_privilege or undefined_file or feature_not_supported then
    raise warning 'no extension pg_trgm (%): searching terminals will look at each of them', sqlerrm;
  end $$`,
  'drop index terminal_blocked',
  'create index terminal_blocked on terminal (blocked desc, id) where blocked > 0',
  'drop index terminal_tenders',
  'create index incident_fault_closed on incident (fault, closed_at desc, id desc) where closed_at is not null',
  'create index enrolment_token_made on enrolment_token (created_at desc, id desc)',
]

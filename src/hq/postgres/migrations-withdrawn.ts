/** Packs that HQ ceased to offer. */
export const WITHDRAWN = ['alter table knowledge_pack add column withdrawn_at bigint', 'alter table knowledge_pack add column withdrawn_by text']

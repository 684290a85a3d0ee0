-- A change that weakens a safeguard waits for a second operator, also for the settings of an organisation. `proposal_id` lets that
-- operator confirm exactly what they read, and `version` lets a change name the state that it expects.
alter table hash_list add column proposal_id uuid;
update hash_list set proposal_id = gen_random_uuid() where proposal is not null;

alter table organisation
  add column version int not null default 1,
  add column proposal jsonb,
  add column proposal_id uuid,
  add column proposal_person int references person deferrable initially deferred,
  add column proposal_at timestamptz;

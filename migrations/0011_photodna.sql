-- PhotoDNA: 144 bytes that Vigie only compares.
alter table hash
  drop constraint hash_algorithm_check,
  drop constraint hash_check,
  drop constraint hash_check1;

-- Not valid: a validation would scan the table under a lock, and all rows passed the stricter checks above. A new exact algorithm
-- replaces the first check only.
alter table hash
  add constraint hash_algorithm_check check (algorithm in ('pdq', 'blockhash', 'md5', 'sha1', 'sha256', 'photodna')) not valid,
  add constraint hash_bits_check check ((algorithm in ('pdq', 'blockhash')) = (bits is not null)) not valid,
  add constraint hash_digest_check check ((bits is null) = (digest is not null)) not valid;

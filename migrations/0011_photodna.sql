-- PhotoDNA: 144 bytes that other services compute and Vigie only compares.
alter table hash
  drop constraint hash_algorithm_check,
  drop constraint hash_check,
  drop constraint hash_check1;

-- Not valid: every row has passed the checks above, which allow less. To validate them again would lock the table for a full scan.
-- The last two checks say that perceptual hashes lie in column bits and all others in column digest, so a new exact algorithm only
-- replaces the first.
alter table hash
  add constraint hash_algorithm_check check (algorithm in ('pdq', 'blockhash', 'md5', 'sha1', 'sha256', 'photodna')) not valid,
  add constraint hash_bits_check check ((algorithm in ('pdq', 'blockhash')) = (bits is not null)) not valid,
  add constraint hash_digest_check check ((bits is null) = (digest is not null)) not valid;

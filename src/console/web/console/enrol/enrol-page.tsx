import { useState } from 'preact/hooks';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Choice, Field, Tick } from '../../ui/field.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Page } from '../../ui/page.tsx';
import { classes, useTerms } from '../../ui/terms.ts';
import { useRole } from '../shell/use-session.ts';
import { descriptionOf, emptyFields, type Fields } from './description.ts';
import type { Place } from './enrolment.ts';
import { FileResults } from './file-results.tsx';
import { useEnrolments } from './use-enrolments.ts';
import { enrolWords } from './words.ts';

export function EnrolPage() {
  const words = useWords(enrolWords);
  // A flagger may not see lists, and types the id of one.
  const isFlagger = useRole() === 'flagger';
  const lists = useCall('GET /v1/lists', isFlagger ? undefined : {});
  const [fields, setFields] = useState<Fields>(emptyFields);
  const [place, setPlace] = useState<Place>('here');
  const [files, setFiles] = useState<readonly File[]>([]);
  const enrolments = useEnrolments();
  const mine = (lists.value?.items ?? []).filter(({ rights }) => rights.includes('enrol'));
  const list = fields.list || mine[0]?.id || '';
  const send = () => {
    void enrolments.enrol(files, place, descriptionOf({ ...fields, list }));
    setFiles([]);
  };
  return (
    <Page title={words.title} lead={words.lead}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <FileDrop label={words.files} onFiles={(added) => setFiles([...files, ...added])} />
        <DescriptionFields
          fields={{ ...fields, list }}
          lists={isFlagger ? 'typed' : mine.map(({ id, title }) => [id, title])}
          onChange={setFields}
        />
        <PlaceChoice place={place} onChoose={setPlace} />
        <div class="row">
          <button type="submit" class="main" disabled={files.length === 0 || list === '' || enrolments.isBusy}>
            {words.enrol}
          </button>
          <span role="status">{files.length > 0 ? words.chosen(files.length) : ''}</span>
        </div>
      </form>
      <FileResults enrolments={enrolments} />
    </Page>
  );
}

interface DescriptionFieldsProps {
  readonly fields: Fields;
  readonly lists: readonly (readonly [string, string])[] | 'typed';
  readonly onChange: (fields: Fields) => void;
}

function DescriptionFields({ fields, lists, onChange }: DescriptionFieldsProps) {
  const words = useWords(enrolWords);
  const term = useTerms();
  const set = (name: keyof Fields) => (value: string | boolean) => onChange({ ...fields, [name]: value });
  if (lists.length === 0) return <p>{words.noLists}</p>;
  return (
    <div class="card stack">
      <div class="grid">
        {lists === 'typed' ? (
          <Field label={words.listId} value={fields.list} onType={set('list')} maxLength={63} required />
        ) : (
          <Choice label={words.list} value={fields.list} options={lists} onChoose={set('list')} />
        )}
        <Choice
          label={words.class}
          value={fields.class}
          options={[['', words.classOfList], ...classes.map((name) => [name, term('class', name)] as const)]}
          onChoose={set('class')}
        />
        <Field label={words.series} value={fields.series} onType={set('series')} maxLength={500} />
      </div>
      <fieldset class="stack tight">
        <legend>{words.provenance}</legend>
        <div class="grid">
          <Field label={words.unit} value={fields.unit} onType={set('unit')} maxLength={500} />
          <Field label={words.reference} value={fields.reference} onType={set('reference')} maxLength={500} />
          <Field label={words.legalBasis} value={fields.legalBasis} onType={set('legalBasis')} maxLength={500} />
          <Field label={words.date} type="date" value={fields.date} onType={set('date')} />
        </div>
      </fieldset>
      <Tick label={words.synthetic} checked={fields.synthetic} onTick={set('synthetic')} />
    </div>
  );
}

const places: readonly Place[] = ['here', 'there'];

function PlaceChoice({ place, onChoose }: { readonly place: Place; readonly onChoose: (place: Place) => void }) {
  const words = useWords(enrolWords);
  return (
    <fieldset class="card stack tight">
      <legend>{words.how}</legend>
      {places.map((name) => (
        <label key={name} class="choice">
          <input type="radio" name="place" checked={place === name} onChange={() => onChoose(name)} />
          {words[name]}
        </label>
      ))}
    </fieldset>
  );
}

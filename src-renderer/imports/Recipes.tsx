// Imports that are done again: which recipes there are, which folders they watch, and what has stopped them.
import { useState } from 'react';
import { ActionIcon, Alert, Button, Menu, Modal, Stack, Switch, Table, Text, TextInput, Title } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '../../shared/api.ts';
import type { ImportRecipe } from '../../shared/contacts/import-plan.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { NameDialog } from '../ui/NameDialog.tsx';

export function Recipes() {
  const { t } = useTranslation('imports');
  const text = useText();
  const formats = useFormats();
  const { act, busy } = useAct();
  const recipes = useCall('recipes.list', {}, ['imports']).data ?? [];
  const [edited, setEdited] = useState<ImportRecipe | null>(null);
  const [removed, setRemoved] = useState<ImportRecipe | null>(null);
  const [run, setRun] = useState<ImportRecipe | null>(null);
  if (recipes.length === 0) return null;
  return (
    <section className="recipes" aria-labelledby="recipes-title">
      <Title order={2} fz="sm" id="recipes-title" px="md" mb={6}>
        {t('recipes')}
      </Title>
      {recipes
        .filter(({ problem }) => problem !== null)
        .map((recipe) => (
          <Alert key={recipe.id} color="red" variant="light" mx="md" mb="sm" title={t('recipeStopped', { name: recipe.name })}>
            <Text size="sm" mb="sm">
              {text(recipe.problem!.text)}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => setEdited({ ...recipe, watching: recipe.folder !== null })}>
              {t('recipeLook')}
            </Button>
          </Alert>
        ))}
      <Table className="wide-table" verticalSpacing={8} horizontalSpacing="md">
        <Table.Tbody>
          {recipes.map((recipe) => (
            <Table.Tr key={recipe.id}>
              <Table.Td>
                <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                  {recipe.name}
                </Text>
                <Text fz="xs" c="dimmed">
                  {t(`kind.${recipe.kind}`)}
                </Text>
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Text size="sm">{recipe.watching && recipe.folder !== null ? t('recipeWatches', { folder: recipe.folder, pattern: recipe.pattern }) : t('recipeByHand')}</Text>
              </Table.Td>
              <Table.Td w={210}>
                <Text size="sm" c="dimmed">
                  {recipe.lastAt === null ? t('recipeNever') : t('recipeLast', { when: formats.dateTime(recipe.lastAt) })}
                </Text>
              </Table.Td>
              <Table.Td w={60} ta="right">
                <Menu position="bottom-end">
                  <Menu.Target>
                    <ActionIcon variant="subtle" color="gray" aria-label={t('recipeMenu', { name: recipe.name })}>
                      <IconDots size={18} stroke={1.7} />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => setRun(recipe)}>{t('recipeRun')}</Menu.Item>
                    <Menu.Item onClick={() => setEdited(recipe)}>{t('recipeEdit')}</Menu.Item>
                    <Menu.Item color="red" onClick={() => setRemoved(recipe)}>
                      {t('recipeRemove')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {edited !== null && <RecipeDialog key={edited.id} recipe={edited} onClose={() => setEdited(null)} />}
      {run !== null && <RunDialog key={run.id} recipe={run} onClose={() => setRun(null)} />}
      <Confirm
        opened={removed !== null}
        title={t('recipeRemoveTitle', { name: removed?.name ?? '' })}
        verb={t('recipeRemove')}
        busy={busy}
        onClose={() => setRemoved(null)}
        onConfirm={() => void act('recipes.remove', { recipe: removed!.id }).then(() => setRemoved(null))}
      >
        {t('recipeRemoveAsk')}
      </Confirm>
    </section>
  );
}

function RecipeDialog({ recipe, onClose }: { recipe: ImportRecipe; onClose: () => void }) {
  const { t } = useTranslation('imports');
  const { act, busy } = useAct();
  const [{ name, folder, pattern, watching }, setDraft] = useState({ ...recipe, folder: recipe.folder ?? '' });
  const change = (changed: Partial<{ name: string; folder: string; pattern: string; watching: boolean }>) => setDraft((before) => ({ ...before, ...changed }));

  async function save() {
    const done = await act('recipes.change', { recipe: recipe.id, name, folder: folder.trim() === '' ? null : folder.trim(), pattern: pattern.trim() === '' ? '*' : pattern.trim(), watching });
    if (done !== undefined) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={t('recipeEditTitle', { name: recipe.name })} centered size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="md">
          <TextInput label={t('recipeName')} value={name} maxLength={200} onChange={(event) => change({ name: event.currentTarget.value })} data-autofocus />
          <Switch label={t('recipeWatch')} description={t('recipeWatchHelp')} checked={watching} onChange={(event) => change({ watching: event.currentTarget.checked })} />
          {watching && (
            <>
              <TextInput label={t('recipeFolder')} value={folder} spellCheck={false} onChange={(event) => change({ folder: event.currentTarget.value })} />
              <TextInput label={t('recipePattern')} description={t('recipePatternHelp')} value={pattern} spellCheck={false} maxLength={200} onChange={(event) => change({ pattern: event.currentTarget.value })} />
            </>
          )}
          <DialogFoot verb={t('recipeSave')} busy={busy} disabled={name.trim() === '' || (watching && folder.trim() === '')} away={t('recipeCancel')} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

function RunDialog({ recipe, onClose }: { recipe: ImportRecipe; onClose: () => void }) {
  const { t } = useTranslation('imports');
  const { act, busy } = useAct();
  const [file, setFile] = useState('');
  async function run() {
    const started = await act('recipes.run', { recipe: recipe.id, file: file.trim() });
    if (started === undefined) return;
    await act('imports.wait', { import: started.import }, t('recipeDone', { name: recipe.name }));
    onClose();
  }
  return (
    <Modal opened onClose={onClose} title={t('recipeRunTitle', { name: recipe.name })} centered size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file.trim() !== '') void run();
        }}
      >
        <Stack gap="md">
          <FilePath label={t('recipeFile')} value={file} kind="open" extensions={['csv', 'txt', 'tsv', 'xlsx', 'vcf']} onChange={setFile} />
          <DialogFoot verb={t('recipeRunDo')} busy={busy} disabled={file.trim() === ''} away={t('recipeCancel')} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

/** Keeps how an import was done under a name. */
export function SaveRecipe({ row, subtle = false }: { row: ImportRow; subtle?: boolean }) {
  const { t } = useTranslation('imports');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  if (row.state !== 'done' || row.recipe !== null) return null;
  async function save(name: string) {
    const saved = await act('recipes.save', { import: row.id, name }, t('recipeSaved', { name }));
    if (saved !== undefined) setAsking(false);
  }
  return (
    <>
      <Button variant={subtle ? 'subtle' : 'default'} size={subtle ? 'compact-sm' : 'sm'} onClick={() => setAsking(true)}>
        {t('recipeFromImport')}
      </Button>
      <NameDialog opened={asking} title={t('recipeFromImport')} label={t('recipeName')} verb={t('recipeSave')} placeholder={row.fileName.replace(/\.[^.]*$/, '')} busy={busy} onName={save} onClose={() => setAsking(false)} />
    </>
  );
}

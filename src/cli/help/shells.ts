import { UserError } from '../../errors.ts';

/**
 * The scripts by which shells complete: each asks `wfa complete-words` with the words so far, which answers a candidate a line, its
 * words behind a tab, or `:files`. The shells differ too much for one script: bash splits words at `=` and `:`, zsh and fish show
 * descriptions.
 */

const BASH = `# wfa completion for bash: eval "$(wfa completion bash)"
_wfa() {
  local line=\${COMP_LINE:0:COMP_POINT} current=\${COMP_WORDS[COMP_CWORD]} word prefix
  local -a words candidates
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=\${words[-1]}
  [[ $current == [=:] ]] && current=''
  prefix=\${word%"$current"}
  mapfile -t candidates < <(wfa complete-words -- "\${words[@]:1}" 2>/dev/null | cut -f1)
  COMPREPLY=()
  if [[ \${candidates[0]} == :files ]]; then
    compopt -o default 2>/dev/null
    return
  fi
  local candidate
  for candidate in "\${candidates[@]}"; do COMPREPLY+=("\${candidate#"$prefix"}"); done
  [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
}
complete -F _wfa wfa
`;

const ZSH = `#compdef wfa
# wfa completion for zsh: source <(wfa completion zsh), after compinit
_wfa() {
  local -a lines names
  local line name
  lines=("\${(@f)$(wfa complete-words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    _files
    return
  fi
  for line in $lines; do
    [[ -n $line ]] || continue
    name=\${line%%$'\\t'*}
    names+=("\${name//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#names )) && _describe wfa names
}
compdef _wfa wfa
`;

const FISH = `# wfa completion for fish: wfa completion fish | source
function __wfa_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines (wfa complete-words -- $words[2..-1] 2>/dev/null)
  if test "$lines[1]" = ':files'
    __fish_complete_path (commandline -ct)
  else if set -q lines[1]
    printf '%s\\n' $lines
  end
end
complete -c wfa -f -a '(__wfa_complete)'
`;

/** The scripts by shell. */
const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

/** Gives the script of a shell; `UserError` for another one, and for none. */
export function writeCompletion(shell?: string): string {
  if (shell !== undefined && Object.hasOwn(SCRIPTS, shell)) return SCRIPTS[shell] as string;
  const wrong = shell === undefined ? 'no shell is named' : `there is no script for '${shell}'`;
  throw new UserError('bad-option', `wfa completion: ${wrong}`, {
    hint: ['There are bash, zsh and fish.', 'For bash, in ~/.bashrc: eval "$(wfa completion bash)"'],
  });
}

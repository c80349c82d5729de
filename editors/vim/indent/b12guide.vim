" Items begin at the margin; their clauses are indented once, and what continues a clause once more.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=B12guideIndent(v:lnum) indentkeys=!^F,o,O,0=rule,0=define,0=example
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

let s:item = '^\s*\%(language\|guideline\|part\|vocabulary\|examples\|source\|assumption\|challenge'
      \ . '\|define\|rule\|silent\|invariant\|example\|conflict\|finding\|measure\|choice\|event'
      \ . '\|drug\|implication\)\>'

if exists('*B12guideIndent')
  finish
endif

function B12guideIndent(number) abort
  if getline(a:number) =~# s:item
    return 0
  endif
  let l:before = prevnonblank(a:number - 1)
  if l:before == 0
    return 0
  endif
  let l:line = getline(l:before)
  if l:line =~# '^\s*#'
    return indent(l:before)
  endif
  if l:line =~# s:item && l:line !~# '^\s*language\>'
    return shiftwidth()
  endif
  if l:line =~# ',\s*$' && indent(l:before) <= shiftwidth()
    return 2 * shiftwidth()
  endif
  return l:line =~# ',\s*$' ? indent(l:before) : min([indent(l:before), shiftwidth()])
endfunction

" Guidelines of b12guide: comments, the formatter, the checker.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal expandtab shiftwidth=4 softtabstop=4 textwidth=100
setlocal formatoptions-=t formatoptions+=croql
setlocal iskeyword=@,48-57,_
setlocal define=^\\s*\\%(define\\|rule\\|finding\\|measure\\|choice\\|event\\|drug\\|test\\|source\\|assumption\\)
setlocal suffixesadd=.gdl
let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop<'
      \ . ' textwidth< formatoptions< iskeyword< define< suffixesadd<'

" :B12guideFormat formats the whole buffer; where it has errors they are shown and it stays as it is.
if !exists('*s:Format')
  function! s:Format() abort
    let l:errors = tempname()
    let l:text = system('b12guide fmt - 2>' . shellescape(l:errors), join(getline(1, '$'), "\n") . "\n")
    if v:shell_error
      echohl ErrorMsg
      for l:line in filereadable(l:errors) ? readfile(l:errors) : ['b12guide was not found']
        echomsg l:line
      endfor
      echohl None
    else
      let l:lines = split(l:text, "\n", 1)[:-2]
      if l:lines !=# getline(1, '$')
        let l:view = winsaveview()
        silent! undojoin
        call setline(1, l:lines)
        silent execute 'keepjumps' (len(l:lines) + 1) . ',$delete _'
        call winrestview(l:view)
      endif
    endif
    call delete(l:errors)
  endfunction
endif
command! -buffer B12guideFormat call s:Format()
let b:undo_ftplugin .= ' | delcommand -buffer B12guideFormat'

compiler b12guide
let b:undo_ftplugin .= ' | setlocal makeprg< errorformat<'

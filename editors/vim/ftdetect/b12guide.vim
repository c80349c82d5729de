" openEHR's Guideline Definition Language has the same suffix: such a file begins with ( or { or key =.
autocmd BufNewFile,BufRead *.gdl call s:Detect()

function! s:Detect() abort
  for line in getline(1, 50)
    if line =~# '^\%uFEFF\?\s*$' || line =~# '^\s*\%(#\|--\)'
      continue
    endif
    if line =~# '^\%uFEFF\?\s*\%([({\[]\|\w\+\s*=\)'
      return
    endif
    break
  endfor
  setfiletype b12guide
endfunction

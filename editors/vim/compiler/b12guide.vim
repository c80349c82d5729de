" :make checks the guideline, :copen shows what was found.
if exists('current_compiler')
  finish
endif
let current_compiler = 'b12guide'

CompilerSet makeprg=b12guide\ check\ --format\ line\ %:S
CompilerSet errorformat=%f:%l:%c:\ %m,%-G%.%#

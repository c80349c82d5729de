" Colours for guidelines of b12guide. A test holds the words to those of the grammar.
if exists('b:current_syntax')
  finish
endif
syntax case match
syntax iskeyword @,48-57,_

syntax keyword gdlLogic all and any is none not of or
syntax keyword gdlClause absent also asked asks assumes author avoid because by certainty
syntax keyword gdlClause challenged change check cites code conclude contact continue
syntax keyword gdlClause contraindicated current do effective exception expect form give given
syntax keyword gdlClause grade implies inject intended kind lay licence link load maintain may
syntax keyword gdlClause missing molar note outside patient plausible printed refer retired
syntax keyword gdlClause reviewed revised scope section statements states status stop superseded
syntax keyword gdlClause supersedes synonyms target unit uses usual values version when withhold
syntax keyword gdlClause strength nextgroup=gdlStrength skipwhite
syntax keyword gdlWord acceptable after ago alone alternate alternative always apart applies
syntax keyword gdlWord apply approved as assuming at before between claim consider covering
syntax keyword gdlWord daily days decision definition depends determined directed does dose
syntax keyword gdlWord doses during established every expected fell food for from high in
syntax keyword gdlWord indefinitely indeterminate inferred known last least less life low mass
syntax keyword gdlWord measured moderate monthly more most needed needle never next no on once
syntax keyword gdlWord otherwise overridden per pressure quadrant question recorded required
syntax keyword gdlWord review rose routinely should submitted than the then times to twice
syntax keyword gdlWord under unknown unless until very weekly with within written yearly
syntax keyword gdlItem nextgroup=gdlName skipwhite assumption challenge choice conclusion conflict define derive drug event
syntax keyword gdlItem nextgroup=gdlName skipwhite example examples finding guideline implication invariant language
syntax keyword gdlItem nextgroup=gdlName skipwhite measure part regard route rule service silent site source test
syntax keyword gdlItem nextgroup=gdlName skipwhite vocabulary

" A name after a word that begins an item, unless it is a word of the language (`silent on`).
let s:words = '\%(absent\|acceptable\|after\|ago\|all\|alone\|also\|alternate\|alternative\|always\|and\|any\|apart\|applies\|apply\|approved\|as\|asked\|asks\|assumes\|assuming\|assumption\|at\|author\|avoid\|because\|before\|between\|by\|certainty\|challenge\|challenged\|change\|check\|choice\|cites\|claim\|code\|conclude\|conclusion\|conflict\|consider\|contact\|continue\|contraindicated\|covering\|current\|daily\|days\|decision\|define\|definition\|depends\|derive\|determined\|directed\|do\|does\|dose\|doses\|drug\|during\|effective\|established\|event\|every\|example\|examples\|exception\|expect\|expected\|fell\|finding\|food\|for\|form\|from\|give\|given\|grade\|guideline\|high\|implication\|implies\|in\|indefinitely\|indeterminate\|inferred\|inject\|intended\|invariant\|is\|kind\|known\|language\|last\|lay\|least\|less\|licence\|life\|link\|load\|low\|maintain\|mass\|may\|measure\|measured\|missing\|moderate\|molar\|monthly\|more\|most\|needed\|needle\|never\|next\|no\|none\|not\|note\|of\|on\|once\|or\|otherwise\|outside\|overridden\|part\|patient\|per\|plausible\|pressure\|printed\|quadrant\|question\|recorded\|refer\|regard\|required\|retired\|review\|reviewed\|revised\|rose\|route\|routinely\|rule\|scope\|section\|service\|should\|silent\|site\|source\|statements\|states\|status\|stop\|strength\|submitted\|superseded\|supersedes\|synonyms\|target\|test\|than\|the\|then\|times\|to\|twice\|under\|unit\|unknown\|unless\|until\|uses\|usual\|values\|version\|very\|vocabulary\|weekly\|when\|with\|withhold\|within\|written\|yearly\)\>'
execute 'syntax match gdlName /\%(' . s:words . '\)\@!\<\h\w*\>/ contained'
syntax match gdlLabel /\<[A-Z][0-9]\+\>/
syntax match gdlStrength /\%(acceptable\s\+alternative\|should\s\+consider\|definition\|required\|should\|do\s\+not\|target\|avoid\|claim\|may\)\>/ contained
syntax match gdlPath /\%(\<uses\s\+[^#]*\)\@<=[A-Za-z0-9_.\/\\~:-]\+/

let s:not_units = '\%(absent\|acceptable\|after\|ago\|all\|alone\|also\|alternate\|alternative\|always\|and\|any\|apart\|applies\|apply\|approved\|as\|asked\|asks\|assumes\|assuming\|assumption\|at\|author\|avoid\|because\|before\|between\|by\|certainty\|challenge\|challenged\|change\|check\|choice\|cites\|claim\|code\|conclude\|conclusion\|conflict\|consider\|contact\|continue\|contraindicated\|covering\|current\|daily\|decision\|define\|definition\|depends\|derive\|determined\|directed\|do\|does\|dose\|doses\|drug\|during\|effective\|established\|event\|every\|example\|examples\|exception\|expect\|expected\|fell\|finding\|food\|for\|form\|from\|give\|given\|grade\|guideline\|high\|implication\|implies\|in\|indefinitely\|indeterminate\|inferred\|inject\|intended\|invariant\|is\|kind\|known\|language\|last\|lay\|least\|less\|licence\|life\|link\|load\|low\|maintain\|mass\|may\|measure\|measured\|missing\|moderate\|molar\|monthly\|more\|most\|needed\|needle\|never\|next\|no\|none\|not\|note\|of\|on\|once\|or\|otherwise\|outside\|overridden\|part\|patient\|per\|plausible\|pressure\|printed\|quadrant\|question\|recorded\|refer\|regard\|required\|retired\|review\|reviewed\|revised\|rose\|route\|routinely\|rule\|scope\|section\|service\|should\|silent\|site\|source\|statements\|states\|status\|stop\|strength\|submitted\|superseded\|supersedes\|synonyms\|target\|test\|than\|the\|then\|times\|to\|twice\|under\|unit\|unknown\|unless\|until\|uses\|usual\|values\|version\|very\|vocabulary\|weekly\|when\|with\|withhold\|within\|written\|yearly\)\>'
let s:unit = '\%(%\|\%([x×] \?\)\?10[\^*]\?[0-9⁰¹²³⁴-⁹]\+\/[A-Za-zµμ]\+'
      \ . '\|\%(' . s:not_units . '\)\@![A-Za-zµμ]\+[23²³]\?\%(\/[A-Za-zµμ]\+[23²³]\?\)*'
      \ . '\%(\/1\.73 \?m[2²]\)\?\)'
execute 'syntax match gdlUnit /' . s:unit . '/ contained'
execute 'syntax match gdlUnit /\%(\<\%(every\|per\|unit\)\s\+\)\@<=' . s:unit . '/'
syntax match gdlNumber /\<[0-9]\+\%(\.[0-9]\+\)\?\>/ nextgroup=gdlUnit skipwhite
syntax match gdlNumber /\<[0-9]\+\.[0-9]\+\.[0-9]\+\>/
syntax match gdlNumber /\<[0-9]\{4}-[0-9]\{2}-[0-9]\{2}\>/
syntax match gdlNumber /\<sha256:[0-9a-f]\{64}\>/
syntax match gdlComparison /<=\|>=\|[<>=≤≥]/

syntax region gdlText start=/"/ skip=/\\./ end=/"\|$/ oneline contains=gdlEscape,@Spell
syntax match gdlEscape /\\./ contained
syntax keyword gdlTodo TODO FIXME contained
syntax match gdlComment /#.*/ contains=gdlTodo,@Spell

highlight default link gdlItem Statement
highlight default link gdlClause Keyword
highlight default link gdlLogic Operator
highlight default link gdlWord Special
highlight default link gdlName Function
highlight default link gdlLabel Tag
highlight default link gdlStrength Constant
highlight default link gdlPath Include
highlight default link gdlUnit Type
highlight default link gdlNumber Number
highlight default link gdlComparison Operator
highlight default link gdlText String
highlight default link gdlEscape SpecialChar
highlight default link gdlTodo Todo
highlight default link gdlComment Comment

let b:current_syntax = 'b12guide'

# Completion of rollcall for bash. Devices are asked of the daemon.

# generated: begin
_rollcall_commands='ack check discover events flush graph import lint play probe record reload rename report show silence stats status top'
_rollcall_options='--against --all --anonymise --author --by --command --community --config --credential --csv --cycles --dark --device --engine --exclude --first --follow --for --format --from --graph --height --help --interval --json --list --live --month --neighbours --objects --once --output --port --rate --reason --remove --row --rule --rules --severity --show --since --snmp --socket --tag --to --top --version --wait --width --write --write-credentials'
_rollcall_with_file='--config --output --socket -c -o -s'
_rollcall_with_word='--against --author --by --community --credential --cycles --device --exclude --first --for --format --from --graph --height --interval --month --neighbours --objects --port --rate --reason --remove --row --rule --rules --severity --since --snmp --tag --to --top --wait --width --write --write-credentials -C -n'
# generated: end

_rollcall_devices()
{
	rollcall "$@" status --all --json 2>/dev/null | grep -o '{"name":"[^"]*"' | cut -d '"' -f 4
}

_rollcall()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= i
	local -a where=()

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case " $_rollcall_with_file $_rollcall_with_word " in
		*" ${COMP_WORDS[i]} "*)
			case ${COMP_WORDS[i]} in
			-c | --config | -s | --socket)
				((i + 1 < COMP_CWORD)) && where+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}") ;;
			esac
			((i++))
			continue
			;;
		esac
		[[ ${COMP_WORDS[i]} == -* ]] || command=${command:-${COMP_WORDS[i]}}
	done
	case " $_rollcall_with_file " in *" $before "*) compopt -o default 2>/dev/null; return ;; esac
	case " $_rollcall_with_word " in *" $before "*) return ;; esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$_rollcall_options" -- "$word")
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$_rollcall_commands" -- "$word")
	else
		case $command in
		probe | discover | check | stats | reload) ;;
		*) mapfile -t COMPREPLY < <(compgen -W "$(_rollcall_devices "${where[@]}")" -- "$word") ;;
		esac
	fi
}

complete -F _rollcall rollcall

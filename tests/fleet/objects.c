#include "fleet/objects.h"

#include "base/mem.h"
#include "fleet/values.h"

#include <string.h>

/* OID without index, name, table, group, type, fill, its a and b. */
static const struct mib_object objects[] = {
    /* SNMPv2-MIB */
    {"1.3.6.1.2.1.1.1", "sysDescr", TABLE_SCALAR, GROUP_SYSTEM, BER_OCTETS, value_sys_descr, 0, 0},
    {"1.3.6.1.2.1.1.2", "sysObjectID", TABLE_SCALAR, GROUP_SYSTEM, BER_OID, value_sys_object_id, 0, 0},
    {"1.3.6.1.2.1.1.3", "sysUpTime", TABLE_SCALAR, GROUP_SYSTEM, BER_TIMETICKS, value_sys_uptime, 0, 0},
    {"1.3.6.1.2.1.1.4", "sysContact", TABLE_SCALAR, GROUP_SYSTEM, BER_OCTETS, value_sys_contact, 0, 0},
    {"1.3.6.1.2.1.1.5", "sysName", TABLE_SCALAR, GROUP_SYSTEM, BER_OCTETS, value_sys_name, 0, 0},
    {"1.3.6.1.2.1.1.6", "sysLocation", TABLE_SCALAR, GROUP_SYSTEM, BER_OCTETS, value_sys_location, 0, 0},
    {"1.3.6.1.2.1.1.7", "sysServices", TABLE_SCALAR, GROUP_SYSTEM, BER_INTEGER, value_constant, 72, 0},
    /* IF-MIB: interfaces, ifTable */
    {"1.3.6.1.2.1.2.1", "ifNumber", TABLE_SCALAR, GROUP_IF, BER_INTEGER, value_if_number, 0, 0},
    {"1.3.6.1.2.1.2.2.1.1", "ifIndex", TABLE_IF, GROUP_IF, BER_INTEGER, value_own_index, 0, 0},
    {"1.3.6.1.2.1.2.2.1.2", "ifDescr", TABLE_IF, GROUP_IF, BER_OCTETS, value_if_name, 1, 0},
    {"1.3.6.1.2.1.2.2.1.3", "ifType", TABLE_IF, GROUP_IF, BER_INTEGER, value_if_type, 0, 0},
    {"1.3.6.1.2.1.2.2.1.4", "ifMtu", TABLE_IF, GROUP_IF, BER_INTEGER, value_if_mtu, 0, 0},
    {"1.3.6.1.2.1.2.2.1.5", "ifSpeed", TABLE_IF, GROUP_IF, BER_GAUGE32, value_if_speed, 0, 0},
    {"1.3.6.1.2.1.2.2.1.6", "ifPhysAddress", TABLE_IF, GROUP_IF, BER_OCTETS, value_if_phys_address, 0, 0},
    {"1.3.6.1.2.1.2.2.1.7", "ifAdminStatus", TABLE_IF, GROUP_IF, BER_INTEGER, value_if_admin, 0, 0},
    {"1.3.6.1.2.1.2.2.1.8", "ifOperStatus", TABLE_IF, GROUP_IF, BER_INTEGER, value_if_oper, 0, 0},
    {"1.3.6.1.2.1.2.2.1.9", "ifLastChange", TABLE_IF, GROUP_IF, BER_TIMETICKS, value_if_last_change, 0, 0},
    {"1.3.6.1.2.1.2.2.1.10", "ifInOctets", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter, SERIES_IN_OCTETS,
	0},
    {"1.3.6.1.2.1.2.2.1.11", "ifInUcastPkts", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_IN_UCAST, 0},
    {"1.3.6.1.2.1.2.2.1.13", "ifInDiscards", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_IN_DISCARDS, 0},
    {"1.3.6.1.2.1.2.2.1.14", "ifInErrors", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter, SERIES_IN_ERRORS,
	0},
    {"1.3.6.1.2.1.2.2.1.15", "ifInUnknownProtos", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_IN_UNKNOWN, 0},
    {"1.3.6.1.2.1.2.2.1.16", "ifOutOctets", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_OUT_OCTETS, 0},
    {"1.3.6.1.2.1.2.2.1.17", "ifOutUcastPkts", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_OUT_UCAST, 0},
    {"1.3.6.1.2.1.2.2.1.19", "ifOutDiscards", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_OUT_DISCARDS, 0},
    {"1.3.6.1.2.1.2.2.1.20", "ifOutErrors", TABLE_IF, GROUP_IF, BER_COUNTER32, value_counter,
	SERIES_OUT_ERRORS, 0},
    /* IF-MIB: ifXTable, ifTableLastChange */
    {"1.3.6.1.2.1.31.1.1.1.1", "ifName", TABLE_IF, GROUP_IFX, BER_OCTETS, value_if_name, 0, 0},
    {"1.3.6.1.2.1.31.1.1.1.2", "ifInMulticastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER32, value_counter,
	SERIES_IN_MCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.3", "ifInBroadcastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER32, value_counter,
	SERIES_IN_BCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.4", "ifOutMulticastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER32, value_counter,
	SERIES_OUT_MCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.5", "ifOutBroadcastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER32, value_counter,
	SERIES_OUT_BCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.6", "ifHCInOctets", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_IN_OCTETS, 0},
    {"1.3.6.1.2.1.31.1.1.1.7", "ifHCInUcastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_IN_UCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.8", "ifHCInMulticastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_IN_MCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.9", "ifHCInBroadcastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_IN_BCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.10", "ifHCOutOctets", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_OUT_OCTETS, 0},
    {"1.3.6.1.2.1.31.1.1.1.11", "ifHCOutUcastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_OUT_UCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.12", "ifHCOutMulticastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_OUT_MCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.13", "ifHCOutBroadcastPkts", TABLE_IF, GROUP_IFX, BER_COUNTER64, value_counter,
	SERIES_OUT_BCAST, 0},
    {"1.3.6.1.2.1.31.1.1.1.15", "ifHighSpeed", TABLE_IF, GROUP_IFX, BER_GAUGE32, value_if_high_speed, 0, 0},
    {"1.3.6.1.2.1.31.1.1.1.16", "ifPromiscuousMode", TABLE_IF, GROUP_IFX, BER_INTEGER, value_constant, 2, 0},
    {"1.3.6.1.2.1.31.1.1.1.17", "ifConnectorPresent", TABLE_IF, GROUP_IFX, BER_INTEGER, value_constant, 1, 0},
    {"1.3.6.1.2.1.31.1.1.1.18", "ifAlias", TABLE_IF, GROUP_IFX, BER_OCTETS, value_if_alias, 0, 0},
    {"1.3.6.1.2.1.31.1.1.1.19", "ifCounterDiscontinuityTime", TABLE_IF, GROUP_IFX, BER_TIMETICKS,
	value_if_discontinuity, 0, 0},
    {"1.3.6.1.2.1.31.1.5", "ifTableLastChange", TABLE_SCALAR, GROUP_IFX, BER_TIMETICKS,
	value_if_table_last_change, 0, 0},
    /* EtherLike-MIB */
    {"1.3.6.1.2.1.10.7.2.1.2", "dot3StatsAlignmentErrors", TABLE_IF, GROUP_ETHER, BER_COUNTER32,
	value_counter, SERIES_ALIGNMENT, 0},
    {"1.3.6.1.2.1.10.7.2.1.3", "dot3StatsFCSErrors", TABLE_IF, GROUP_ETHER, BER_COUNTER32, value_counter,
	SERIES_FCS, 0},
    {"1.3.6.1.2.1.10.7.2.1.8", "dot3StatsLateCollisions", TABLE_IF, GROUP_ETHER, BER_COUNTER32, value_counter,
	SERIES_LATE, 0},
    {"1.3.6.1.2.1.10.7.2.1.19", "dot3StatsDuplexStatus", TABLE_IF, GROUP_ETHER, BER_INTEGER, value_constant,
	3, 0},
    /* SNMP-FRAMEWORK-MIB */
    {"1.3.6.1.6.3.10.2.1.1", "snmpEngineID", TABLE_SCALAR, GROUP_ENGINE, BER_OCTETS, value_engine_id, 0, 0},
    {"1.3.6.1.6.3.10.2.1.2", "snmpEngineBoots", TABLE_SCALAR, GROUP_ENGINE, BER_INTEGER, value_engine_boots,
	0, 0},
    {"1.3.6.1.6.3.10.2.1.3", "snmpEngineTime", TABLE_SCALAR, GROUP_ENGINE, BER_INTEGER, value_engine_time, 0,
	0},
    {"1.3.6.1.6.3.10.2.1.4", "snmpEngineMaxMessageSize", TABLE_SCALAR, GROUP_ENGINE, BER_INTEGER,
	value_constant, 1500, 0},
    /* IP-MIB, TCP-MIB, UDP-MIB */
    {"1.3.6.1.2.1.4.31.1.1.4", "ipSystemStatsHCInReceives", TABLE_IP, GROUP_IP, BER_COUNTER64, value_counter,
	SERIES_IP_RECEIVES, 0},
    {"1.3.6.1.2.1.6.9", "tcpCurrEstab", TABLE_SCALAR, GROUP_IP, BER_GAUGE32, value_gauge, 1, 500},
    {"1.3.6.1.2.1.6.11", "tcpOutSegs", TABLE_SCALAR, GROUP_IP, BER_COUNTER32, value_counter, SERIES_TCP_OUT,
	0},
    {"1.3.6.1.2.1.6.12", "tcpRetransSegs", TABLE_SCALAR, GROUP_IP, BER_COUNTER32, value_counter,
	SERIES_TCP_RETRANS, 0},
    {"1.3.6.1.2.1.7.3", "udpInErrors", TABLE_SCALAR, GROUP_IP, BER_COUNTER32, value_counter,
	SERIES_UDP_ERRORS, 0},
    /* HOST-RESOURCES-MIB */
    {"1.3.6.1.2.1.25.1.1", "hrSystemUptime", TABLE_SCALAR, GROUP_HOST, BER_TIMETICKS, value_uptime, 0, 0},
    {"1.3.6.1.2.1.25.1.2", "hrSystemDate", TABLE_SCALAR, GROUP_HOST, BER_OCTETS, value_date, 0, 0},
    {"1.3.6.1.2.1.25.1.5", "hrSystemNumUsers", TABLE_SCALAR, GROUP_HOST, BER_GAUGE32, value_gauge, 0, 9},
    {"1.3.6.1.2.1.25.1.6", "hrSystemProcesses", TABLE_SCALAR, GROUP_HOST, BER_GAUGE32, value_gauge, 80, 400},
    {"1.3.6.1.2.1.25.2.2", "hrMemorySize", TABLE_SCALAR, GROUP_HOST, BER_INTEGER, value_memory, MEM_TOTAL, 0},
    {"1.3.6.1.2.1.25.2.3.1.1", "hrStorageIndex", TABLE_STORAGE, GROUP_HOST, BER_INTEGER, value_own_index, 0,
	0},
    {"1.3.6.1.2.1.25.2.3.1.2", "hrStorageType", TABLE_STORAGE, GROUP_HOST, BER_OID, value_storage_column, 2,
	0},
    {"1.3.6.1.2.1.25.2.3.1.3", "hrStorageDescr", TABLE_STORAGE, GROUP_HOST, BER_OCTETS, value_storage_column,
	3, 0},
    {"1.3.6.1.2.1.25.2.3.1.4", "hrStorageAllocationUnits", TABLE_STORAGE, GROUP_HOST, BER_INTEGER,
	value_storage_column, 4, 0},
    {"1.3.6.1.2.1.25.2.3.1.5", "hrStorageSize", TABLE_STORAGE, GROUP_HOST, BER_INTEGER, value_storage_column,
	5, 0},
    {"1.3.6.1.2.1.25.2.3.1.6", "hrStorageUsed", TABLE_STORAGE, GROUP_HOST, BER_INTEGER, value_storage_column,
	6, 0},
    {"1.3.6.1.2.1.25.2.3.1.7", "hrStorageAllocationFailures", TABLE_STORAGE, GROUP_HOST, BER_COUNTER32,
	value_counter, SERIES_STORAGE_FAILURES, 0},
    {"1.3.6.1.2.1.25.3.3.1.2", "hrProcessorLoad", TABLE_CPU, GROUP_HOST, BER_INTEGER, value_gauge, 0, 100},
    /* UCD-SNMP-MIB */
    {"1.3.6.1.4.1.2021.4.3", "memTotalSwap", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory,
	MEM_SWAP_TOTAL, 0},
    {"1.3.6.1.4.1.2021.4.4", "memAvailSwap", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory,
	MEM_SWAP_FREE, 0},
    {"1.3.6.1.4.1.2021.4.5", "memTotalReal", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory, MEM_TOTAL,
	0},
    {"1.3.6.1.4.1.2021.4.6", "memAvailReal", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory, MEM_FREE, 0},
    {"1.3.6.1.4.1.2021.4.13", "memShared", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory, MEM_SHARED, 0},
    {"1.3.6.1.4.1.2021.4.14", "memBuffer", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory, MEM_BUFFER, 0},
    {"1.3.6.1.4.1.2021.4.15", "memCached", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_memory, MEM_CACHED, 0},
    {"1.3.6.1.4.1.2021.4.18", "memTotalSwapX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory,
	MEM_SWAP_TOTAL, 0},
    {"1.3.6.1.4.1.2021.4.19", "memAvailSwapX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory,
	MEM_SWAP_FREE, 0},
    {"1.3.6.1.4.1.2021.4.20", "memTotalRealX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory,
	MEM_TOTAL, 0},
    {"1.3.6.1.4.1.2021.4.21", "memAvailRealX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory, MEM_FREE,
	0},
    {"1.3.6.1.4.1.2021.4.24", "memSharedX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory, MEM_SHARED,
	0},
    {"1.3.6.1.4.1.2021.4.25", "memBufferX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory, MEM_BUFFER,
	0},
    {"1.3.6.1.4.1.2021.4.26", "memCachedX", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory, MEM_CACHED,
	0},
    {"1.3.6.1.4.1.2021.4.27", "memSysAvail", TABLE_SCALAR, GROUP_UCD, BER_COUNTER64, value_memory,
	MEM_AVAILABLE, 0},
    {"1.3.6.1.4.1.2021.9.1.1", "dskIndex", TABLE_DSK, GROUP_UCD, BER_INTEGER, value_own_index, 0, 0},
    {"1.3.6.1.4.1.2021.9.1.2", "dskPath", TABLE_DSK, GROUP_UCD, BER_OCTETS, value_dsk_path, 0, 0},
    {"1.3.6.1.4.1.2021.9.1.9", "dskPercent", TABLE_DSK, GROUP_UCD, BER_INTEGER, value_dsk_percent, 0, 0},
    {"1.3.6.1.4.1.2021.9.1.10", "dskPercentNode", TABLE_DSK, GROUP_UCD, BER_INTEGER, value_gauge, 1, 60},
    {"1.3.6.1.4.1.2021.9.1.100", "dskErrorFlag", TABLE_DSK, GROUP_UCD, BER_INTEGER, value_constant, 0, 0},
    {"1.3.6.1.4.1.2021.10.1.1", "laIndex", TABLE_LOAD, GROUP_UCD, BER_INTEGER, value_own_index, 0, 0},
    {"1.3.6.1.4.1.2021.10.1.2", "laNames", TABLE_LOAD, GROUP_UCD, BER_OCTETS, value_load, 2, 0},
    {"1.3.6.1.4.1.2021.10.1.3", "laLoad", TABLE_LOAD, GROUP_UCD, BER_OCTETS, value_load, 3, 0},
    {"1.3.6.1.4.1.2021.10.1.5", "laLoadInt", TABLE_LOAD, GROUP_UCD, BER_INTEGER, value_load, 5, 0},
    {"1.3.6.1.4.1.2021.10.1.6", "laLoadFloat", TABLE_LOAD, GROUP_UCD, BER_OPAQUE, value_load, 6, 0},
    {"1.3.6.1.4.1.2021.11.50", "ssCpuRawUser", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_USER, 0},
    {"1.3.6.1.4.1.2021.11.51", "ssCpuRawNice", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_NICE, 0},
    {"1.3.6.1.4.1.2021.11.52", "ssCpuRawSystem", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_SYSTEM, 0},
    {"1.3.6.1.4.1.2021.11.53", "ssCpuRawIdle", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_IDLE, 0},
    {"1.3.6.1.4.1.2021.11.54", "ssCpuRawWait", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_WAIT, 0},
    {"1.3.6.1.4.1.2021.11.55", "ssCpuRawKernel", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_KERNEL, 0},
    {"1.3.6.1.4.1.2021.11.56", "ssCpuRawInterrupt", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_INTERRUPT, 0},
    {"1.3.6.1.4.1.2021.11.57", "ssIORawSent", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_IO_SENT, 0},
    {"1.3.6.1.4.1.2021.11.58", "ssIORawReceived", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_IO_RECEIVED, 0},
    {"1.3.6.1.4.1.2021.11.59", "ssRawInterrupts", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_INTERRUPTS, 0},
    {"1.3.6.1.4.1.2021.11.60", "ssRawContexts", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CONTEXTS, 0},
    {"1.3.6.1.4.1.2021.11.61", "ssCpuRawSoftIRQ", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_SOFTIRQ, 0},
    {"1.3.6.1.4.1.2021.11.62", "ssRawSwapIn", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_SWAP_IN, 0},
    {"1.3.6.1.4.1.2021.11.63", "ssRawSwapOut", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_SWAP_OUT, 0},
    {"1.3.6.1.4.1.2021.11.64", "ssCpuRawSteal", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_STEAL, 0},
    {"1.3.6.1.4.1.2021.11.65", "ssCpuRawGuest", TABLE_SCALAR, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_CPU_GUEST, 0},
    {"1.3.6.1.4.1.2021.11.67", "ssCpuNumCpus", TABLE_SCALAR, GROUP_UCD, BER_INTEGER, value_constant,
	MODEL_CPUS, 0},
    /* UCD-DISKIO-MIB */
    {"1.3.6.1.4.1.2021.13.15.1.1.1", "diskIOIndex", TABLE_DISK, GROUP_UCD, BER_INTEGER, value_own_index, 0,
	0},
    {"1.3.6.1.4.1.2021.13.15.1.1.2", "diskIODevice", TABLE_DISK, GROUP_UCD, BER_OCTETS, value_disk_name, 0,
	0},
    {"1.3.6.1.4.1.2021.13.15.1.1.3", "diskIONRead", TABLE_DISK, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_DISK_READ, 0},
    {"1.3.6.1.4.1.2021.13.15.1.1.4", "diskIONWritten", TABLE_DISK, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_DISK_WRITTEN, 0},
    {"1.3.6.1.4.1.2021.13.15.1.1.5", "diskIOReads", TABLE_DISK, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_DISK_READS, 0},
    {"1.3.6.1.4.1.2021.13.15.1.1.6", "diskIOWrites", TABLE_DISK, GROUP_UCD, BER_COUNTER32, value_counter,
	SERIES_DISK_WRITES, 0},
    {"1.3.6.1.4.1.2021.13.15.1.1.9", "diskIOLA1", TABLE_DISK, GROUP_UCD, BER_INTEGER, value_gauge, 0, 100},
    {"1.3.6.1.4.1.2021.13.15.1.1.12", "diskIONReadX", TABLE_DISK, GROUP_UCD, BER_COUNTER64, value_counter,
	SERIES_DISK_READ, 0},
    {"1.3.6.1.4.1.2021.13.15.1.1.13", "diskIONWrittenX", TABLE_DISK, GROUP_UCD, BER_COUNTER64, value_counter,
	SERIES_DISK_WRITTEN, 0},
    {"1.3.6.1.4.1.2021.13.15.1.1.14", "diskIOBusyTime", TABLE_DISK, GROUP_UCD, BER_COUNTER64, value_counter,
	SERIES_DISK_BUSY, 0},
};

const struct mib_object *objects_all(size_t *n)
{
	*n = ARRAY_LEN(objects);
	return objects;
}

const uint32_t *objects_rows(enum mib_table table, size_t *n)
{
	static const uint32_t scalar[] = {0}, storages[] = {1, 10, 31, 36, 40}, few[] = {1, 2, 3, 4},
			      cpus[MODEL_CPUS] = {196608, 196609, 196610, 196611};

	*n = table == TABLE_SCALAR    ? 1
	     : table == TABLE_STORAGE ? 5
	     : table == TABLE_CPU     ? 4
	     : table == TABLE_LOAD    ? 3
				      : 2;
	return table == TABLE_SCALAR	? scalar
	       : table == TABLE_STORAGE ? storages
	       : table == TABLE_CPU	? cpus
					: few;
}

static bool find_row(
    const struct fleet *fleet, const struct device *device, const char *name, struct mib_row *row)
{
	char candidate[64];
	const uint32_t *rows = NULL;
	size_t n = device->n_ports;

	if (row->object->table != TABLE_IF)
		rows = objects_rows(row->object->table, &n);
	for (uint32_t i = 0; i < n; i++) {
		row->port = i;
		row->index = row->object->table == TABLE_IF ? device_index_of(device, i) : rows[i];
		value_row_name(device, row, candidate, sizeof(candidate));
		if (strcmp(candidate, name) == 0)
			return row->object->table != TABLE_IF || row->object->type != BER_COUNTER64 ||
			       !value_narrow(fleet, i);
	}
	return false;
}

bool objects_expect(
    const struct fleet *fleet, const struct device *device, const char *row, const char *object, FILE *out)
{
	struct mib_row at = {.object = mib_object_named(object)};
	struct mib_view view = {.fleet = fleet, .device = device};
	struct value value = {.type = 0};

	if (at.object == NULL || (at.object->group & mib_groups_of(device)) == 0 ||
	    !find_row(fleet, device, row, &at)) {
		fprintf(
		    out, "no object \"%s\" with a row \"%s\" at device %u\n", object, row, device->number);
		return false;
	}
	if (at.object->fill == value_counter) {
		struct model_rate rate = value_closed_form(fleet, device, &at);

		fprintf(out, "base=%llu rate=%llu bits=%d\n", (unsigned long long)rate.base,
		    (unsigned long long)rate.rate, at.object->type == BER_COUNTER64 ? 64 : 32);
		return true;
	}
	at.object->fill(&view, &at, &value);
	if (at.object->type == BER_OCTETS)
		fprintf(out, "value=%.*s\n", (int)value.bytes.len, (const char *)value.bytes.p);
	else
		fprintf(out, "value=%lld\n", (long long)value.number);
	return true;
}

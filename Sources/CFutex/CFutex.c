#include "CFutex.h"
